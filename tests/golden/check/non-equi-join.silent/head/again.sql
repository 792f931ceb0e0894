-- a slowly changing dimension by key and time; pairs of one table; a small table of bands
create or replace table gold.priced as
select l.order_id, l.line_no, p.list_price
from silver.order_lines l
join ref.price_history p on p.product_id = l.product_id and l.price between p.valid_from and p.valid_to;

create or replace table gold.pairs as
select a.order_id, b.order_id as later_id
from silver.orders a join silver.orders b on a.customer_id = b.customer_id and a.order_id < b.order_id;
