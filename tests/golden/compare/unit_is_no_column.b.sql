SELECT DATE_DIFF(order_date, DATE '2024-01-01', DAY) AS days FROM orders
