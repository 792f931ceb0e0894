# Databricks notebook source
import dlt
from pyspark.sql import functions as F

LANDING = "abfss://landing@energymeters.dfs.core.windows.net"


@dlt.table(comment="Readings as the head-end system exports them", table_properties={"quality": "bronze"})
def readings_raw():
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "csv")
        .option("header", "true")
        .option("cloudFiles.inferColumnTypes", "false")
        .option("rescuedDataColumn", "_rescued")
        .load(f"{LANDING}/readings/")
        .withColumn("ingested_at", F.current_timestamp())
    )


@dlt.table(comment="Changes of the meter register (CDC)", table_properties={"quality": "bronze"})
def meters_cdc():
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .load(f"{LANDING}/meters/")
    )


@dlt.table(comment="Temperature by weather station and hour", table_properties={"quality": "bronze"})
def weather_raw():
    return spark.readStream.format("cloudFiles").option("cloudFiles.format", "parquet").load(f"{LANDING}/weather/")
