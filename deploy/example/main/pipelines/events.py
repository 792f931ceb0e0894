# Databricks notebook source
# The clickstream: bronze as it arrives, silver cleaned and partitioned by day.
import dlt
from pyspark.sql import functions as F

# COMMAND ----------


@dlt.table(name="bronze.events_raw", comment="Clicks as the collectors send them.")
def events_raw():
    return spark.readStream.format("cloudFiles").option("cloudFiles.format", "json").load("/Volumes/main/landing/events")


# COMMAND ----------


@dlt.table(name="silver.events", comment="One row per event, bots marked.", partition_cols=["event_date"])
@dlt.expect_or_drop("has user", "user_id IS NOT NULL")
def events():
    return (
        dlt.read_stream("bronze.events_raw")
        .withColumn("event_date", F.to_date("event_ts"))
        .select("event_id", "user_id", "session_id", "event_type", "page", "is_bot", "event_ts", "event_date")
    )
