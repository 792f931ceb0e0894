everyone = spark.table("sales.customers").select("customer_id")
recent = spark.table("sales.orders").filter("order_date >= '2024-01-01'").select("customer_id")
everyone.subtract(recent).write.mode("overwrite").saveAsTable("gold.lapsed")
