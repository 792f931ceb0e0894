select status, count(discount) as n from orders group by status
