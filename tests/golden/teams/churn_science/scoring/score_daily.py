# Databricks notebook source
import mlflow
from pyspark.sql import functions as F

# COMMAND ----------
dbutils.widgets.text("day", "")
day = dbutils.widgets.get("day")

model = mlflow.pyfunc.spark_udf(spark, "models:/telco.ml.churn@champion", result_type="double")
features = (
    spark.table("telco.ml.usage_features")
    .where(F.col("as_of") == F.lit(day))
    .join(spark.table("telco.ml.contract_features"), "customer_id", "left")
)

# COMMAND ----------
columns = [c for c in features.columns if c not in ("customer_id", "as_of")]
scores = features.select("customer_id", F.col("as_of").alias("scored_on"), model(*columns).alias("score"))
scores.write.mode("append").saveAsTable("telco.ml.churn_scores")

# COMMAND ----------
if spark.table("telco.ml.churn_scores").where(F.col("scored_on") == F.lit(day)).isEmpty():
    raise RuntimeError("nobody was scored")
top = spark.table("telco.ml.churn_scores").where(F.col("scored_on") == F.lit(day)).orderBy(F.desc("score")).limit(500)
rows = top.collect()
dbutils.jobs.taskValues.set("called", len(rows))
