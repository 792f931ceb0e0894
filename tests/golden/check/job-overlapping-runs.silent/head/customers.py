# Databricks notebook source
df = spark.table("silver.customers").groupBy("country").count()
df.write.mode("overwrite").saveAsTable("gold.countries")
