create or replace table gold.shortage as
with wanted as (select product_id, region, wanted from silver.targets where wanted > 0)
select w.product_id, w.region, w.wanted - s.units as missing
from wanted w left join silver.stock s on w.product_id = s.product_id;
