from pyspark.sql import functions as F

THRESHOLDS = [(100, "medium"), (1000, "large")]

def bucket(c):
    expr = None
    for limit, label in THRESHOLDS:
        cond = c >= limit
        expr = F.when(cond, label) if expr is None else expr.when(cond, label)
    return expr.when(c > 0, "small").otherwise("none")

df = spark.table("sales.orders")
out = df.select(
    "order_id",
    bucket(F.col("amount")).alias("size"),
    F.when(F.col("country").isin("DE", "AT", "CH"), F.lit("dach")).otherwise(F.lower("country")).alias("region"),
)
out.write.mode("overwrite").saveAsTable("gold.sizes")
