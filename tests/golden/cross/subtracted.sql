SELECT customer_id FROM sales.customers
EXCEPT
SELECT customer_id FROM sales.orders WHERE order_date >= DATE '2024-01-01'
