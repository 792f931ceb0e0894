select o.order_id, p.status from orders o left join orders p on p.customer_id = o.customer_id and p.amount > 10
