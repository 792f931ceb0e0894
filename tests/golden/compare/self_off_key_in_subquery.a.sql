select o.customer_id from orders o left join customers c on c.customer_id = o.customer_id and c.segment = o.channel where c.customer_id is null
