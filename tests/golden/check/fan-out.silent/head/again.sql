create or replace table gold.segment_orders as
select c.segment, sum(o.amount) as amount, count(o.order_id) as orders, avg(o.amount) as mean
from silver.orders o left join silver.customers c on c.customer_id = o.customer_id
group by c.segment;

create or replace table gold.units_by_country as
select c.country, sum(l.quantity) as units, count(distinct o.order_id) as orders, max(o.amount) as largest
from silver.order_lines l join silver.orders o on o.order_id = l.order_id join silver.customers c on c.customer_id = o.customer_id
group by c.country;
