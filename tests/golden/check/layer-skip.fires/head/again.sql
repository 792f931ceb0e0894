create or replace view gold.page_clicks as select page, count(*) as clicks from bronze.clicks where clicked_at >= current_date() - interval 30 days group by page;
create or replace table gold.clicks_and_orders as
select c.click_id, o.order_id from silver.orders o left join (select click_id, cast(user_id as bigint) as u from bronze.clicks) c on c.u = o.customer_id;
