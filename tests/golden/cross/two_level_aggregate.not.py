from pyspark.sql import functions as F

per_customer = spark.table("sales.orders").groupBy("country", "customer_id", "channel").count()
per_country = per_customer.groupBy("country").avg("count").withColumnRenamed("avg(count)", "orders_per_customer")
per_country.write.mode("overwrite").saveAsTable("gold.frequency")
