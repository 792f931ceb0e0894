# Databricks notebook source
from pyspark.sql import functions as F
orders = spark.table("silver.orders")
customers = spark.table("silver.customers")
per_customer = orders.join(customers, orders.customer_id == customers.customer_id).groupBy("country", "segment").agg(F.sum("amount").alias("revenue"), F.count("*").alias("orders"))
per_customer.cache()
per_customer.filter("orders > 100").write.mode("overwrite").saveAsTable("gold.large_segments")

# COMMAND ----------
display(per_customer.filter("revenue < 10"))
