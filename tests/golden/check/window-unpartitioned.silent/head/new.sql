CREATE TABLE gold.numbered AS
SELECT order_id, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at) AS place FROM silver.orders;

CREATE TABLE gold.country_ranks AS
SELECT country, rank() OVER (ORDER BY n DESC) AS place FROM (SELECT country, count(*) AS n FROM silver.customers GROUP BY country);

CREATE TABLE gold.unknown AS
SELECT visit, row_number() OVER (ORDER BY visit) AS place FROM raw.visits;
