-- options: --platform glue --units 5 --type flex
SELECT customer_id, sum(price) FROM shop.orders GROUP BY customer_id
