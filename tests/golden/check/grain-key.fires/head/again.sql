merge into gold.product_stock as target
using (select product_id, region, units from silver.stock where units > 0) as source
on source.product_id = target.product_id
when matched then update set *
when not matched then insert *;
