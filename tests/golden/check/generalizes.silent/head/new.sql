CREATE TABLE gold.customer_months AS
SELECT customer_id, trunc(event_date, 'MM') AS month, sum(amount) AS revenue FROM silver.orders WHERE status = 'open' GROUP BY customer_id, trunc(event_date, 'MM');
