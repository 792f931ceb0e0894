# Databricks notebook source
spark.table("silver.orders").groupBy("region").count().write.mode("overwrite").saveAsTable("gold.region_counts")
spark.table("silver.orders").groupBy("status").count().write.mode("overwrite").saveAsTable("gold.status_counts")
