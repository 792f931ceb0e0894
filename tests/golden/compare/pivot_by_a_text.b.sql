select status, max(case when channel = 'web' then order_id end) as web, max(case when channel = 'shop' then order_id end) as shop from orders group by status
