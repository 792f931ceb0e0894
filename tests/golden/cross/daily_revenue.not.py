from pyspark.sql import functions as F

# counts the discounts, not the rows
(
    spark.table("sales.orders")
    .filter(F.col("status") == "complete")
    .groupBy("order_date", "country")
    .agg(F.sum("amount").alias("revenue"), F.count("discount").alias("orders"))
    .write.mode("overwrite").saveAsTable("gold.daily_revenue")
)
