-- dialect: postgres
select distinct order_id, status from orders where ((status, order_id) not in (select channel, order_id from orders where discount <> discount)) or order_id is not null
