from pyspark.sql import functions as F

paid = spark.table("silver.orders").where(F.col("status") == "paid")
one = paid.where("customer_id = 9").groupBy("customer_id").agg(F.sum("amount").alias("amount"))
one.write.mode("overwrite").saveAsTable("ds.amount_of_nine")
