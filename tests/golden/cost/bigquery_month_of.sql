-- options: --dialect bigquery --platform bigquery
SELECT status, count(*) AS n FROM shop.orders WHERE EXTRACT(MONTH FROM order_date) = 1 GROUP BY status LIMIT 10
