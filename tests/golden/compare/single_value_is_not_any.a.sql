select c.customer_id, (select o.status from orders o where o.amount < 3) as s from customers c
