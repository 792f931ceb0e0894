-- dialect: postgres
select q.status, q.n from (select status, max(customer_id) as n from orders group by status) q where not exists (select 1 from shipments s where s.order_id = q.n)
