select status, count(amount) as n from orders group by status
