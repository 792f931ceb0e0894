select order_date, sum(amount) as revenue from orders where status in ('paid', 'sent') group by order_date
