create or replace table gold.line_targets as
select l.order_id, l.line_no, t.region as target_region, t.wanted
from silver.order_lines l left join silver.targets t on l.product_id = t.product_id;
