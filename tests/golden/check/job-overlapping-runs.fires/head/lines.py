# Databricks notebook source
df = spark.table("silver.order_lines").groupBy("product_id").count()
df.write.mode("overwrite").saveAsTable("gold.products")
