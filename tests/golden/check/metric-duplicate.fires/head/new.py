from pyspark.sql import functions as F

people = spark.table("silver.customers").where(~F.col("is_bot"))
people.groupBy("country").agg(F.countDistinct("customer_id").alias("humans")).write.mode("overwrite").saveAsTable("ds.humans")
