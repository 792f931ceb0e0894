customers = spark.table("silver.customers")
events = spark.table("silver.events")
customers.join(events, customers.customer_id == events.user_id, "left_anti").select("customer_id").write.mode("overwrite").saveAsTable("gold.quiet_customers")
customers.filter(~customers.country.isin("NL", "BE")).select("customer_id").write.mode("overwrite").saveAsTable("gold.elsewhere")
