CREATE TABLE gold.page_views AS
SELECT page, count(*) AS views FROM bronze.clicks GROUP BY page;
