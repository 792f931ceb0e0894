"""The list for the call centre: one CSV file, as their import wants it."""
from pyspark.sql import functions as F

from common.spark_session import get_spark

spark = get_spark("export_calls")

scores = spark.table("telco.ml.churn_scores")
last = scores.agg(F.max("scored_on")).first()[0]
top = scores.where(F.col("scored_on") == F.lit(last)).orderBy(F.col("score").desc()).limit(500)
contacts = top.join(spark.table("telco.silver.customers"), "customer_id").select("customer_id", "score", "preferred_channel")
contacts.coalesce(1).write.mode("overwrite").option("header", True).csv("s3://telco-exports/churn/calls")
