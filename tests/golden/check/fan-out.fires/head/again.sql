create or replace view gold.country_sales as
select c.country, sum(o.amount) as sales, count(distinct l.product_id) as products
from silver.customers c
join silver.orders o using (customer_id)
join silver.order_lines l using (order_id)
group by all;

with base as (
  select o.region, o.amount, l.product_id from silver.orders as o inner join silver.order_lines as l on o.order_id = l.order_id
)
insert overwrite gold.region_sales select region, sum(amount) from base group by region;
