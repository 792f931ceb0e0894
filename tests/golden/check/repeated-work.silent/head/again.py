from pyspark.sql import functions as F

joined = spark.table("silver.orders").join(spark.table("silver.customers"), "customer_id").groupBy("country", "region").agg(F.sum("amount").alias("amount")).persist()
joined.where("amount > 100").write.mode("overwrite").saveAsTable("gold.large_regions")
joined.groupBy("country").agg(F.max("amount").alias("most")).write.mode("overwrite").saveAsTable("gold.most_of_country")
joined.unpersist()
