SELECT title FROM shop.products WHERE price > 10 AND title LIKE '%chair%'
