-- options: --steps
SELECT * FROM (
  SELECT customer_id, price, row_number() OVER (PARTITION BY customer_id ORDER BY price DESC) AS n FROM shop.orders
) ranked WHERE n <= 3 ORDER BY customer_id
