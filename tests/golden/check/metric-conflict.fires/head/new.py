from pyspark.sql import functions as F

customers = spark.table("silver.customers")
customers.agg(F.countDistinct("customer_id").alias("active_customers")).write.mode("overwrite").saveAsTable("ds.all_countries")
