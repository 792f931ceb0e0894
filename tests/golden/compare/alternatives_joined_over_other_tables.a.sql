select distinct o.order_id from orders o, customers c, shipments s where (o.customer_id = c.customer_id and c.country = 'DE') or (o.order_id = s.return_of and s.carrier = 'x')
