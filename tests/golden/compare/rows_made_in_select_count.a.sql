-- dialect: postgres
SELECT order_id FROM (SELECT order_id, UNNEST(ARRAY[1, 2]) AS u FROM orders) x
