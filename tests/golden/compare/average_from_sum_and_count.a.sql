select status, avg(amount) as mean from orders group by status
