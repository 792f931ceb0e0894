CREATE TABLE gold.refunded AS
SELECT sum(amount) AS amount FROM silver.refunds;
