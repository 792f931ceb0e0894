# Databricks notebook source
# DBTITLE 1,Customers
# MAGIC %sql
# MAGIC CREATE OR REPLACE TEMP VIEW active AS
# MAGIC SELECT customer_id, max(order_date) AS last_order FROM silver.orders GROUP BY customer_id

# COMMAND ----------

from pyspark.sql import functions as F

churn = (
    spark.table("active")
    .join(spark.table("silver.customers"), "customer_id", "left")
    .withColumn("days", F.datediff(F.current_date(), "last_order"))
    .filter(F.col("days") > 90)
)

# COMMAND ----------

churn.write.mode("overwrite").saveAsTable("ds.churn")
churn.groupBy("segment").applyInPandas(score, schema="segment string, score double").write.saveAsTable("ds.scored")
