select distinct order_id, status from orders where case when not ((status, order_id) not in (select channel, order_id from orders where discount <> discount)) then order_id is not null else true end
