from pyspark.sql import functions as F

orders = spark.table("silver.orders").where("status <> 'paid'")
orders.groupBy("customer_id", "event_date").agg(F.sum("amount").alias("revenue")).write.mode("overwrite").saveAsTable("gold.unpaid_days")
