select o.order_id, c.country from orders o left join customers c on c.customer_id = o.customer_id and c.country = 'DE'
