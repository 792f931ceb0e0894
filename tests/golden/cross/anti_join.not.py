customers = spark.table("sales.customers")
orders = spark.table("sales.orders").filter("status = 'complete'")
never = customers.join(orders, customers.customer_id == orders.customer_id, "left_anti").select("customer_id", "email")
never.write.mode("overwrite").saveAsTable("gold.never_bought")
