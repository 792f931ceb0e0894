SELECT order_id, country FROM orders NATURAL JOIN customers
