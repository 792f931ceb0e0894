from pyspark.sql.functions import col, date_add, greatest, lit, expr, lower, date_sub, when
steps = [
    lambda d: d.where(lower(col("status")) == "paid"),
    lambda d: d.where(col("order_date") < date_sub(lit("2024-06-01").cast("date"), 7)),
    lambda d: d.select("order_id", date_add("order_date", 30).alias("due"), greatest(col("amount"), lit(10)).alias("billed"),
                       expr("nullif(currency, '')").alias("currency")),
]
df = spark.table("sales.orders")
for step in steps:
    df = step(df)
df.write.mode("overwrite").saveAsTable("gold.due")
