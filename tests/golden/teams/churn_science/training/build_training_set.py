# Databricks notebook source
from datetime import date

from pyspark.sql import functions as F
from common.calendar import month_ends

# COMMAND ----------
labels = (
    spark.table("telco.silver.customers")
    .select("customer_id", "churned_on")
)
features = spark.table("telco.ml.usage_features").join(spark.table("telco.ml.contract_features"), "customer_id")

# COMMAND ----------
training = (
    features.join(labels, "customer_id")
    .where("churned_on IS NULL OR churned_on > as_of")
    .withColumn("label", (F.col("churned_on") <= F.date_add("as_of", 60)).cast("int"))
    .fillna(0, subset=["label"])
    .drop("churned_on")
)
training.cache()
print(training.count(), "rows")
training.groupBy("as_of").agg(F.avg("label").alias("churn_rate"), F.count("*").alias("n")).orderBy("as_of").show(50)

# COMMAND ----------
training.write.mode("overwrite").saveAsTable("telco.ml.churn_training")
training.unpersist()
