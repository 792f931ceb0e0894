from pyspark.sql import functions as F

orders = spark.table("silver.orders")
customers = spark.table("silver.customers")
joined = orders.join(customers, "customer_id").groupBy("country", "region").agg(F.sum("amount").alias("amount"))
joined.where("amount > 100").write.mode("overwrite").saveAsTable("gold.large_regions")
joined.groupBy("country").agg(F.max("amount").alias("most")).write.mode("overwrite").saveAsTable("gold.most_of_country")
