CREATE OR REPLACE TABLE gold.daily AS SELECT order_date, sum(price) AS s FROM shop.orders GROUP BY order_date
