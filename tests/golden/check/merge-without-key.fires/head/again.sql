merge into gold.order_state as t using (select order_id, status from silver.orders) as s on t.event_date >= '2026-01-01'
when matched then delete;
