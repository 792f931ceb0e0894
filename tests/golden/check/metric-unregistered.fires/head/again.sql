create or replace view gold.kind_report as select kind, max(seconds) as longest_visit, count(distinct user_id) as active_users from silver.events group by kind;
