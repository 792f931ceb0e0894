create or replace view gold.customer_card as
select
  c.customer_id,
  coalesce((select count(*) from silver.orders o where o.customer_id = c.customer_id and o.status = 'paid'), 0) as paid,
  coalesce((select count(*) from silver.orders o where o.customer_id = c.customer_id and o.status = 'open'), 0) as still_open
from silver.customers c;

create or replace table gold.product_card as
select s.product_id, s.region,
  (select min(price) from silver.order_lines where product_id = s.product_id) as cheapest,
  (select max(l.price) from silver.order_lines l where l.product_id = s.product_id) - (select min(price) from silver.order_lines where product_id = s.product_id) as spread
from silver.stock s;
