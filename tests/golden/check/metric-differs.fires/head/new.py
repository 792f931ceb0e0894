from pyspark.sql import functions as F
customers = spark.table("silver.customers")
customers.groupBy("referred_by").agg(F.countDistinct("customer_id").alias("human_customers")).write.mode("overwrite").saveAsTable("gold.referrers")
