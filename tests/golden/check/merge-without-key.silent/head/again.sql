merge into gold.order_state t using (select order_id, status, event_date from silver.orders) s on t.order_id <=> s.order_id and t.event_date = s.event_date
when matched then update set * when not matched then insert *;
merge into gold.order_log t using (select order_id from silver.orders) s on false when not matched then insert *;
