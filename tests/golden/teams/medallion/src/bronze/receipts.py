# Databricks notebook source
# MAGIC %md
# MAGIC ## Receipts from the tills
# MAGIC The tills drop JSON files into the landing bucket every few minutes.

# COMMAND ----------
from pyspark.sql import functions as F

dbutils.widgets.text("landing", "s3://grocery-landing/receipts/")
landing = dbutils.widgets.get("landing")
checkpoint = "/Volumes/grocery/bronze/_checkpoints/receipts"

# COMMAND ----------
(
    spark.readStream.format("cloudFiles")
    .option("cloudFiles.format", "text")
    .option("cloudFiles.schemaLocation", checkpoint)
    .load(landing)
    .select(
        F.col("value").alias("payload"),
        F.col("_metadata.file_path").alias("source_file"),
        F.current_timestamp().alias("ingested_at"),
    )
    .writeStream.option("checkpointLocation", checkpoint)
    .trigger(availableNow=True)
    .toTable("grocery.bronze.receipts")
)
