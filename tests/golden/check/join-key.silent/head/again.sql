create or replace table gold.gap as
select t.product_id, t.region, t.wanted - coalesce(s.units, 0) as missing
from silver.targets t left join silver.stock s using (product_id, region);
create or replace table gold.gap_eu as
select t.product_id, s.units from silver.targets t join silver.stock s on s.product_id = t.product_id and s.region = 'EU' and t.region = 'EU';
