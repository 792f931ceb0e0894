create or replace table gold.by_both as
select e.event_id from silver.events e join silver.users u on u.user_id = e.user_id and u.country = e.name;
create or replace table gold.devices_inner as select e.event_id, d.maker from silver.events e join silver.devices d on d.device_id = e.device_id;
