from pyspark.sql import functions as F

spark.table("silver.orders").where(F.month("event_date") == 7).groupBy("customer_id").count().write.mode("overwrite").saveAsTable("ds.july")
