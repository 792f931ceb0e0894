# Databricks notebook source
from pyspark.sql import functions as F
paid = spark.table("silver.orders").filter("status = 'paid'")
sums = paid.join(spark.table("silver.customers"), "customer_id").groupBy("country").agg(F.sum("amount").alias("amount"))
sums.write.mode("overwrite").saveAsTable("gold.country_sums")

# COMMAND ----------
display(sums)
