SELECT order_id, CASE WHEN amount >= 1000 THEN 'large' WHEN amount >= 100 THEN 'medium' WHEN amount > 0 THEN 'small' ELSE 'none' END AS size,
       CASE WHEN country IN ('DE', 'AT', 'CH') THEN 'dach' ELSE lower(country) END AS region
FROM sales.orders
