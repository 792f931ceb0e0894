-- options: --steps
SELECT status, sum(price) AS revenue
FROM shop.orders
WHERE order_date >= DATE '2026-06-01' AND order_date < DATE '2026-06-01' + INTERVAL '1' MONTH
GROUP BY status
