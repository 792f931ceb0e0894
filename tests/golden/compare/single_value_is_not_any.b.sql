select c.customer_id, t.s from customers c left join (select max(o.status) as s from orders o where o.amount < 3) t on true
