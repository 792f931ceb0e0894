select order_date, sum(amount - coalesce(discount, 0)) as revenue from orders where status = 'paid' group by order_date
