select order_id, cast(status as nvarchar(20)) as s from orders
