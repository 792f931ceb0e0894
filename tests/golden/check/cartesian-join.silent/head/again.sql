-- one row against many, and a row of settings
create or replace table ds.with_limits as
with limits as (select max(amount) as high, min(amount) as low from silver.orders)
select o.order_id, (o.amount - l.low) / (l.high - l.low) as scaled
from silver.orders o, limits l;

create or replace table ds.exploded as
select o.order_id, part from silver.orders o lateral view explode(split(o.status, ',')) t as part;
