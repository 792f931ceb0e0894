CREATE TABLE gold.revenue_by_customer AS
SELECT customer_id, sum(amount) AS revenue FROM silver.orders WHERE status = 'paid' GROUP BY customer_id;
CREATE TABLE gold.turnover_of_all AS
SELECT customer_id, sum(amount) AS turnover FROM silver.orders GROUP BY customer_id;
