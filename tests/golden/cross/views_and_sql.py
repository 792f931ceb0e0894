# Databricks notebook source
recent = spark.table("web.events").filter("event_date >= date'2024-06-01'")
recent.createOrReplaceTempView("recent")

# COMMAND ----------

# MAGIC %sql
# MAGIC CREATE OR REPLACE TEMPORARY VIEW visits AS
# MAGIC SELECT user_id, count(1) AS views
# MAGIC FROM recent
# MAGIC WHERE event_type = 'page_view'
# MAGIC GROUP BY user_id

# COMMAND ----------

active = spark.sql("""
    SELECT c.customer_id, c.email, v.views
    FROM visits AS v
    INNER JOIN sales.customers AS c ON v.user_id = c.customer_id
""")
active.write.mode("overwrite").saveAsTable("gold.active_customers")
