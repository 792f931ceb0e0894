select channel, sum(amount) as total, count(*) as n from orders group by channel
