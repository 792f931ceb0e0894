# Databricks notebook source
# MAGIC %md
# MAGIC ## Weekly engagement
# MAGIC Sessions and page views per week, bots left out. Runs every Monday.

# COMMAND ----------

weekly = spark.sql("""
    SELECT date_trunc('WEEK', event_date) AS week,
           count(DISTINCT session_id) AS sessions,
           count(*) AS page_views
    FROM silver.events
    WHERE event_type = 'page_view' AND is_bot = false
    GROUP BY date_trunc('WEEK', event_date)
""")

# COMMAND ----------

weekly.write.mode("overwrite").saveAsTable("gold.weekly_engagement")
