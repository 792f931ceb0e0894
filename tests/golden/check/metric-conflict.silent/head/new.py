from pyspark.sql import functions as F

people = spark.table("silver.customers").where(~F.col("is_bot"))
people.agg(F.countDistinct("customer_id").alias("active_customers")).write.mode("overwrite").saveAsTable("ds.all_countries")
