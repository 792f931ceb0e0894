CREATE TABLE gold.kind_users AS
SELECT kind, sum(users) AS users FROM gold.kind_days GROUP BY kind;

CREATE TABLE gold.all_customers AS
SELECT sum(customers) AS customers FROM (SELECT region, count(DISTINCT customer_id) AS customers FROM silver.orders GROUP BY region);
