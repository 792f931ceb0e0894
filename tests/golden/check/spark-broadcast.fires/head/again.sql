insert overwrite gold.named
select /*+ MAPJOIN(ev) */ u.user_id, ev.name from silver.users u left join silver.events ev on ev.user_id = u.user_id;
