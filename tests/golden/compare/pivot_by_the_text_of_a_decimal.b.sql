select status, max(case when amount = 1 then order_id end) as one, max(case when amount = 2 then order_id end) as two from orders group by status
