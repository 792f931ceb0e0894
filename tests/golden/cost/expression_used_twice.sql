-- options: --steps
WITH daily AS (SELECT order_date, sum(price) AS revenue FROM shop.orders GROUP BY order_date)
SELECT a.order_date, a.revenue - b.revenue FROM daily a JOIN daily b ON a.order_date = b.order_date + 1
