select o.order_id, o.amount from orders o left join customers c on c.customer_id = o.customer_id
