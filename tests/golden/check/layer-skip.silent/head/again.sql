create or replace table silver.clicks as select click_id, cast(user_id as bigint) as user_id, page, clicked_at from bronze.clicks;
create or replace table gold.clicks_by_page as select page, count(*) as clicks from silver.clicks group by page;
