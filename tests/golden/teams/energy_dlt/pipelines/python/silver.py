# Databricks notebook source
import dlt
from pyspark.sql import functions as F

# COMMAND ----------
dlt.create_streaming_table("meters", comment="Meter register, the newest version of each meter")

dlt.apply_changes(
    target="meters",
    source="meters_cdc",
    keys=["meter_id"],
    sequence_by=F.col("changed_at"),
    apply_as_deletes=F.expr("op = 'D'"),
    except_column_list=["op", "_rescued_data"],
    stored_as_scd_type=1,
)

# COMMAND ----------
@dlt.table(comment="One row per meter and quarter of an hour", partition_cols=["reading_date"])
@dlt.expect_or_drop("has meter", "meter_id IS NOT NULL")
@dlt.expect_or_drop("has time", "reading_at IS NOT NULL")
@dlt.expect("not negative", "kwh >= 0")
def readings():
    return (
        dlt.read_stream("readings_raw")
        .select(
            F.col("meter").alias("meter_id"),
            F.to_timestamp("ts").alias("reading_at"),
            F.to_date(F.to_timestamp("ts")).alias("reading_date"),
            F.col("kwh").cast("decimal(12,4)").alias("kwh"),
            F.col("quality_flag"),
        )
        .withWatermark("reading_at", "2 days")
        .dropDuplicates(["meter_id", "reading_at"])
    )


@dlt.table(comment="Hourly temperature by station")
@dlt.expect_or_drop("plausible", "temperature_c BETWEEN -40 AND 50")
def weather():
    return dlt.read_stream("weather_raw").select("station_id", F.date_trunc("hour", "observed_at").alias("hour"), "temperature_c")
