from pyspark.sql import functions as F

spark.table("silver.customers").groupBy("country").agg(F.avg(F.col("credit")).alias("credit_each"), F.countDistinct("customer_id").alias("human_customers")).write.mode("overwrite").saveAsTable("gold.countries")
