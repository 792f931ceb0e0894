select o.order_id, c.country, o.amount as s from orders o left join customers c on c.customer_id = o.customer_id
