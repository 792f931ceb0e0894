best = spark.table("gold.customer_days").where("revenue > 100").select("customer_id")
spark.table("silver.customers").join(best, "customer_id", "left_semi").write.mode("overwrite").saveAsTable("silver.best_customers")
