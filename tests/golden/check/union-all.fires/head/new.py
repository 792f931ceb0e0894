both = spark.sql("SELECT 'a' AS side, order_id FROM silver.orders UNION SELECT 'b' AS side, customer_id FROM silver.customers")
both.write.mode("overwrite").saveAsTable("gold.sides")
