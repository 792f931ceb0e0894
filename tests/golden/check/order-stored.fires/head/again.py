from pyspark.sql import functions as F

daily = spark.table("silver.orders").groupBy("event_date").agg(F.sum("amount").alias("amount"))
daily.sort(F.col("event_date").desc()).write.format("delta").mode("overwrite").saveAsTable("gold.daily_sorted")
spark.sql("select customer_id, country from silver.customers order by country, customer_id").write.mode("append").saveAsTable("gold.customers_sorted")
