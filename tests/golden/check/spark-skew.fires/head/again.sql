create or replace view gold.user_events as
with big as (select user_id, event_id from silver.events where name <> 'ping')
select b.event_id, u.country from big b left join silver.users u using (user_id);
