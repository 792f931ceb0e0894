-- options: --platform snowflake --warehouse XSMALL --stop 5 --schedule "0 * * * *"
SELECT region, count(*) FROM shop.customers GROUP BY region
