-- options: --platform bigquery
SELECT c.region, p.title FROM shop.customers c CROSS JOIN (SELECT title FROM shop.products LIMIT 1) p WHERE c.id = 7
