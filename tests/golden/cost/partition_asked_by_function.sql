-- options: --steps
SELECT count(*) FROM shop.orders WHERE year(order_date) = 2026
