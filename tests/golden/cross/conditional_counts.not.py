import pyspark.sql.functions as F

# every row counts: the other branch is 0, not NULL
out = spark.table("sales.orders").groupby(F.col("order_date")).agg(
    F.count(F.when(F.col("status") == "returned", 1).otherwise(0)).alias("returned"),
    F.sum(F.when(F.col("status") == "complete", F.col("amount")).otherwise(0)).alias("complete_amount"),
)
out.write.mode("overwrite").saveAsTable("gold.outcomes")
