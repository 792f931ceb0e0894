select t.customer_id, sum(t.amount) as revenue from (select customer_id, amount from orders where 'paid' = status) t group by 1
