import pyspark.sql.functions as F

out = spark.table("sales.orders").groupby(F.col("order_date")).agg(
    F.count(F.when(F.col("status") == "returned", True)).alias("returned"),
    F.sum(F.when(F.col("status") == "complete", F.col("amount")).otherwise(0)).alias("complete_amount"),
)
out.write.mode("overwrite").saveAsTable("gold.outcomes")
