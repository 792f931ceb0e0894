select status, channel, count(distinct customer_id) as buyers from orders group by status, channel
