CREATE TABLE silver.page_clicks AS
SELECT page, clicked_at FROM bronze.clicks;

CREATE TABLE gold.page_orders AS
SELECT region, count(*) AS orders FROM silver.orders GROUP BY region;

CREATE TABLE adhoc.page_views AS
SELECT page, count(*) AS views FROM bronze.clicks GROUP BY page;
