CREATE TABLE ds.late AS
WITH source AS (SELECT * FROM silver.orders), final AS (SELECT order_id, amount FROM source WHERE amount > 11)
SELECT * FROM final;
