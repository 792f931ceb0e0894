select distinct c.country from customers c join orders o on o.customer_id = c.customer_id where o.amount > 10 union all select distinct c.country from customers c where c.is_test
