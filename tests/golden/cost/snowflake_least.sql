-- options: --platform snowflake --warehouse X-Small --type STANDARD
SELECT region, count(*) FROM shop.customers GROUP BY region
