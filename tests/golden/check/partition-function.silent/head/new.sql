CREATE TABLE ds.this_year AS
SELECT status, count(*) AS n FROM silver.orders WHERE year(event_date) = 2026 AND event_date >= DATE '2026-01-01' GROUP BY status;

-- Spark puts the values of each partition into the function
CREATE TABLE ds.all_of_2025 AS
SELECT status, sum(amount) AS amount FROM silver.orders WHERE year(event_date) = 2025 GROUP BY status;

CREATE TABLE ds.first_days AS
SELECT customer_id, count(*) AS n FROM silver.orders WHERE date_format(event_date, 'dd') = '01' AND status = 'paid' GROUP BY customer_id;
