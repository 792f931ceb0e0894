create or replace table gold.newest_line as
select order_id, product_id from (select order_id, product_id, row_number() over (partition by order_id order by line_no desc) as rn from silver.order_lines) where rn = 1;
create or replace table gold.share as select order_id, line_no, price / sum(price) over (partition by order_id) as share, count(*) over (partition by order_id) as n from silver.order_lines;
