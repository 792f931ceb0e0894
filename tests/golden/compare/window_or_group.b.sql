select status, sum(amount) as s from orders group by status
