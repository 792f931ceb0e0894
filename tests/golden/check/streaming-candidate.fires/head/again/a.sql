insert into silver.clean_pings select ping_id, lower(user_id) as user_id, pinged_at from silver.pings where user_id is not null;
