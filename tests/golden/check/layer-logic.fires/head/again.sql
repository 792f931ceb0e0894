create or replace table bronze.clicks_per_user as select user_id, count(*) as clicks from bronze.clicks group by user_id;
create or replace table bronze.clicks_of_customers as select k.click_id, c.country from bronze.clicks k join silver.customers c on c.customer_id = cast(k.user_id as bigint);
