select status, channel, sum(amount) as total, count(*) as n from orders group by status, channel
