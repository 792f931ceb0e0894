from pyspark.sql import functions as F

orders = spark.table("sales.orders").select("order_id", "channel", "amount", "status")
orders = orders.withColumn("channel", F.lit("web")).withColumn("STATUS", F.when(F.col("amount") > 100, "large").otherwise("small"))
orders.groupBy("channel", "status").agg(F.sum("amount").alias("amount")).write.saveAsTable("gold.order_sizes")
