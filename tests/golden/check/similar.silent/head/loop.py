from pyspark.sql import functions as F

for part in range(20):
    orders = spark.table("silver.orders").where(F.col("customer_id") % 20 == part)
    sums = orders.groupBy("region", "status").agg(F.sum("amount").alias("amount"), F.count("*").alias("orders"))
    sums.write.mode("overwrite").parquet(f"s3://exports/orders/part={part}/")
