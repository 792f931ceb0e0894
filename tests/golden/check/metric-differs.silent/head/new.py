from pyspark.sql import functions as F
customers = spark.table("silver.customers").filter("country = 'DE'")
customers.groupBy("segment").agg((F.sum("credit") / F.count("*")).alias("credit_each")).write.mode("overwrite").saveAsTable("gold.german_segments")
