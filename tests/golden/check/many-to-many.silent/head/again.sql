create or replace table gold.line_states as
select l.order_id, l.line_no, o.status from silver.order_lines l join silver.orders o using (order_id);
create or replace table gold.product_regions as
select l.product_id, t.region, sum(l.quantity) as sold, max(t.wanted) as wanted
from silver.order_lines l join silver.targets t on t.product_id = l.product_id group by l.product_id, t.region;
