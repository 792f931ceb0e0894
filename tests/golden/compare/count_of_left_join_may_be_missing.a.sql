select c.customer_id, c.country from customers c left join (select customer_id, count(*) as n from orders group by customer_id) o on o.customer_id = c.customer_id where o.n > 0 or c.is_test
