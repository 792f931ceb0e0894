from pyspark.sql import functions as F

paid = spark.table("silver.orders").where("status = 'paid'").select("customer_id", "amount", "status")
best = paid.groupBy("customer_id").agg(F.sum("amount").alias("amount")).orderBy(F.desc("amount")).limit(10)
best.write.mode("overwrite").saveAsTable("ds.vips_too")
