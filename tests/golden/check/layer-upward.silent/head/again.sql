create or replace table gold.top_customers as select customer_id, sum(revenue) as revenue from gold.customer_days group by customer_id;
create or replace table silver.orders_clean as select order_id, region from silver.orders where status is not null;
