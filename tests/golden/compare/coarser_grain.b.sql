select c.country, c.segment, sum(o.amount) as revenue, count(*) as orders from orders o join customers c on o.customer_id = c.customer_id group by c.country, c.segment
