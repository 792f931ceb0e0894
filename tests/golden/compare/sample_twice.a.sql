SELECT order_id, amount FROM orders TABLESAMPLE (10 PERCENT)
