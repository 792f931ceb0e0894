INSERT INTO gold.per_order SELECT order_id, 1 AS n FROM silver.orders WHERE amount > 5;
