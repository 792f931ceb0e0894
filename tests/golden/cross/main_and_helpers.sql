WITH per_order AS (
  SELECT order_id, SUM(quantity * unit_price) AS value FROM sales.order_items GROUP BY order_id
), joined AS (
  SELECT o.country, p.value FROM per_order p JOIN sales.orders o USING (order_id)
)
SELECT country, AVG(value) AS avg_value, percentile_approx(value, 0.5) AS median_value FROM joined GROUP BY country
