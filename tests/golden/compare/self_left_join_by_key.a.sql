select o.order_id, p.status from orders o left join orders p on p.order_id = o.order_id and p.amount > 10
