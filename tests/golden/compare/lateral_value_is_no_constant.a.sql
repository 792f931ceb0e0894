-- dialect: postgres
select x.latest, x.zero, count(x.latest) as n from (select o.customer_id - o.customer_id as zero, q.latest from orders o cross join lateral (select max(s.shipment_id) as latest from shipments s where s.order_id <= o.order_id) q) x group by x.latest, x.zero
