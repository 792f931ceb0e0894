select o.order_id, t.total from orders o left join (select customer_id, sum(amount) as total from orders where amount > 0 group by customer_id) t on t.customer_id = o.customer_id
