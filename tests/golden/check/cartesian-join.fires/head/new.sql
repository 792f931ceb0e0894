CREATE TABLE ds.pairs AS
SELECT o.order_id, c.country, r.amount FROM silver.orders o, silver.customers c, silver.refunds r WHERE o.order_id = r.order_id;
