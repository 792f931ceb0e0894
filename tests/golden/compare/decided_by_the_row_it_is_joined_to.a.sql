-- dialect: databricks
select q.order_id, q.country, sum(q.amount) as s from (select o.order_id, o.amount, c.country from orders o left join customers c on c.customer_id = o.customer_id) q group by q.order_id, q.country
