# Databricks notebook source
from delta.tables import DeltaTable
from pyspark.sql import functions as F, Window

receipt_schema = """
  id string, store int, member bigint, ts timestamp,
  lines array<struct<no:int, sku:string, qty:decimal(10,3), cents:bigint>>
"""

# COMMAND ----------
fresh = (
    spark.table("grocery.bronze.receipts")
    .where(F.col("ingested_at") >= F.date_sub(F.current_date(), 3))
    .select(F.from_json("payload", receipt_schema).alias("r"), "ingested_at")
    .where("r.id is not null")
)

newest = Window.partitionBy("r.id").orderBy(F.col("ingested_at").desc())
parsed = (
    fresh.withColumn("rn", F.row_number().over(newest))
    .where("rn = 1")
    .select(
        F.col("r.id").alias("receipt_id"),
        F.col("r.store").alias("store_id"),
        F.col("r.member").alias("member_id"),
        F.col("r.ts").alias("sold_at"),
        F.to_date("r.ts").alias("sold_on"),
        F.col("r.lines").alias("lines"),
    )
)
parsed.cache()

# COMMAND ----------
receipts = parsed.select(
    "receipt_id",
    "store_id",
    "member_id",
    "sold_at",
    "sold_on",
    F.expr("aggregate(lines, 0L, (a, x) -> a + x.cents)").alias("total_cents"),
)

(
    DeltaTable.forName(spark, "grocery.silver.receipts")
    .alias("t")
    .merge(
        receipts.alias("s"),
        "t.receipt_id = s.receipt_id AND t.sold_on = s.sold_on AND t.sold_on >= date_sub(current_date(), 10)",
    )
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute()
)

# COMMAND ----------
lines = parsed.select("receipt_id", "sold_on", F.explode("lines").alias("l")).select(
    "receipt_id",
    F.col("l.no").alias("line_no"),
    F.col("l.sku").alias("sku"),
    F.col("l.qty").alias("quantity"),
    F.col("l.cents").alias("line_cents"),
    "sold_on",
)

(
    DeltaTable.forName(spark, "grocery.silver.receipt_lines")
    .alias("t")
    .merge(
        lines.alias("s"),
        "t.receipt_id = s.receipt_id AND t.line_no = s.line_no AND t.sold_on = s.sold_on",
    )
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute()
)

parsed.unpersist()
