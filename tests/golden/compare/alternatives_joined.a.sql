select distinct o.order_id from orders o, customers c, customers d where (o.customer_id = c.customer_id and c.country = 'DE') or (o.customer_id = d.customer_id and d.country = 'FR')
