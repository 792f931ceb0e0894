create or replace view gold.kind_report as select kind, count(distinct user_id) as active_users from silver.events group by kind;
create or replace view gold.kind_list as select distinct kind from silver.events;
