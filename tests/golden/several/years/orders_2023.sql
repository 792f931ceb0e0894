SELECT order_id, customer_id, order_date, amount FROM orders WHERE order_date >= DATE '2023-01-01' AND order_date < DATE '2024-01-01'
