select channel, count(case when status = 'paid' then 1 end) as paid from orders group by channel
