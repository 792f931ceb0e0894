from pyspark.sql import functions as F

spark.table("silver.customers").groupBy("country").agg(F.countDistinct("customer_id").alias("active_customers")).write.mode("overwrite").saveAsTable("gold.with_bots")
