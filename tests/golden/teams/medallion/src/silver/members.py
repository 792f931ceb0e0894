# Databricks notebook source
from pyspark.sql import Window
from pyspark.sql import functions as F

raw = spark.read.table("grocery.bronze.crm_members")

latest = Window.partitionBy("member_id").orderBy(F.desc("updated_at"), F.desc("ingested_at"))

members = (
    raw.filter(F.col("member_id").isNotNull())
    .withColumn("rn", F.row_number().over(latest))
    .filter("rn = 1")
    .select(
        F.col("member_id").cast("bigint").alias("member_id"),
        F.sha2(F.lower(F.trim("email")), 256).alias("email_hash"),
        F.to_date("joined").alias("joined_on"),
        F.col("home_store").cast("int").alias("home_store_id"),
        F.col("updated_at").alias("valid_from"),
    )
)

members.write.mode("overwrite").option("overwriteSchema", "false").saveAsTable("grocery.silver.members")

# COMMAND ----------
# a run must not lose members
before = spark.sql("SELECT max(joined_on) FROM grocery.silver.members VERSION AS OF 0").first()[0]
after = spark.table("grocery.silver.members").agg(F.max("joined_on")).first()[0]
if before and after < before:
    raise ValueError(f"members went back from {before} to {after}")
