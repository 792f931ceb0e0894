SELECT o.order_id, o.amount FROM orders AS o TABLESAMPLE (10 PERCENT)
