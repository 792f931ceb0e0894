create or replace table gold.x as select /*+ BROADCAST(c) */ u.user_id, c.name from silver.users u join silver.countries c on c.code = u.country;
create or replace table gold.y as select /*+ MERGE(e) */ u.user_id, e.name from silver.users u join silver.events e on e.user_id = u.user_id;
