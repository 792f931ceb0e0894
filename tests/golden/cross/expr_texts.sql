SELECT order_id,
       CASE WHEN amount >= 100 THEN 'large' WHEN amount >= 20 THEN 'medium' ELSE 'small' END AS size,
       year(order_date) * 100 + month(order_date) AS period
FROM sales.orders
