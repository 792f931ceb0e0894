-- options: --platform bigquery-slots --units 200
SELECT count(DISTINCT customer_id) FROM shop.orders
