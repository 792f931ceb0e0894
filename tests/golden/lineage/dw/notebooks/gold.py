# Databricks notebook source
from pyspark.sql import functions as F

# COMMAND ----------
orders = spark.table("silver.orders").join(spark.table("silver.rates"), "day")
totals = orders.groupBy("customer_id").agg(F.sum(F.col("amount") * F.col("rate")).alias("total"), F.max("day").alias("last_day"))
totals.write.mode("overwrite").saveAsTable("gold.customer_totals")
