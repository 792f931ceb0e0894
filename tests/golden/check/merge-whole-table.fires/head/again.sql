merge into gold.order_state t using (select order_id, status, event_date from silver.orders where event_date = current_date()) s on s.order_id = t.order_id
when matched then update set * when not matched then insert *;
