# Databricks notebook source
# MAGIC %md Which articles are bought together: for the shelf planners.

# COMMAND ----------
from pyspark.sql import functions as F

lines = (
    spark.table("grocery.silver.receipt_lines")
    .where(F.col("sold_on") >= F.date_sub(F.current_date(), 90))
    .select("receipt_id", "sku")
    .distinct()
)

a = lines.alias("a")
b = lines.alias("b")

pairs = (
    a.join(b, (F.col("a.receipt_id") == F.col("b.receipt_id")) & (F.col("a.sku") < F.col("b.sku")))
    .groupBy(F.col("a.sku").alias("sku_a"), F.col("b.sku").alias("sku_b"))
    .agg(F.count("*").alias("baskets"))
    .where("baskets >= 50")
)

pairs.write.mode("overwrite").saveAsTable("grocery.gold.basket_pairs")
