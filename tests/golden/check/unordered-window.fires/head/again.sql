create or replace table gold.any_line as
select order_id, product_id from (select order_id, product_id, row_number() over (partition by order_id order by order_id) as rn from silver.order_lines) where rn = 1;
create or replace table gold.any_first as select distinct order_id, first_value(product_id) over (partition by order_id) as product_id from silver.order_lines;
