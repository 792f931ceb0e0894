# Databricks notebook source
df = spark.table("shop.orders").groupBy("status").count()
df.write.mode("overwrite").saveAsTable("gold.by_status")
