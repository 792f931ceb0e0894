from pyspark.sql import functions as F

enriched = (
    spark.table("silver.orders").alias("o")
    .join(spark.table("silver.customers").alias("c"), "customer_id")
    .withColumn("is_large", F.col("amount") > 500)
)
enriched.write.format("delta").mode("overwrite").saveAsTable("ds.enriched_orders")
spark.sql("SELECT *, amount * 0.19 AS vat FROM silver.refunds").write.mode("overwrite").saveAsTable("ds.refunds_with_vat")
