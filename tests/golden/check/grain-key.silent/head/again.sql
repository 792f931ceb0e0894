merge into gold.product_stock as target
using (select product_id, sum(units) as units from silver.stock group by product_id) as source
on source.product_id = target.product_id
when matched then update set *
when not matched then insert *;

merge into gold.order_dim t
using (select order_id, region, status from silver.orders where event_date >= current_date() - 3) s on t.order_id = s.order_id
when matched then update set * when not matched then insert *;
