-- dialect: bigquery
SELECT order_id, ARRAY(SELECT c.country FROM customers c WHERE FALSE) AS x FROM orders
