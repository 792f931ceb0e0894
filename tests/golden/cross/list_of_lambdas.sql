SELECT order_id, date_add(order_date, 30) AS due, greatest(amount, 10) AS billed, nullif(currency, '') AS currency
FROM sales.orders WHERE lower(status) = 'open' AND order_date < date_sub(DATE'2024-06-01', 7)
