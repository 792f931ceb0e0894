select o.order_id from orders o left join customers c on c.customer_id = o.customer_id and c.is_test where c.customer_id is null
