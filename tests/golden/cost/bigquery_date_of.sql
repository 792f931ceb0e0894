-- options: --dialect bigquery --platform bigquery
SELECT status, count(*) AS n FROM shop.orders WHERE DATE(order_date) = DATE '2026-01-05' GROUP BY status
