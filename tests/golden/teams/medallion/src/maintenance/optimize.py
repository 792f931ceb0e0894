# Databricks notebook source
import logging

log = logging.getLogger("optimize")

tables = [
    "grocery.silver.receipts",
    "grocery.silver.receipt_lines",
    "grocery.gold.store_day",
    "grocery.gold.category_week",
]

for table in tables:
    spark.sql(f"OPTIMIZE {table}")
    spark.sql(f"VACUUM {table} RETAIN 336 HOURS")
    log.info("optimized %s", table)

# COMMAND ----------
sizes = spark.sql("DESCRIBE DETAIL grocery.silver.receipts").select("sizeInBytes", "numFiles").collect()[0]
print(f"receipts: {sizes.sizeInBytes / 1e9:.1f} GB in {sizes.numFiles} files")
