-- options: --steps --dialect bigquery
SELECT count(*) FROM shop.orders WHERE EXTRACT(YEAR FROM order_date) = 2026
