quiet = spark.sql("SELECT customer_id FROM silver.customers WHERE customer_id NOT IN (SELECT user_id FROM silver.events)")
quiet.write.mode("overwrite").saveAsTable("gold.quiet_customers")
