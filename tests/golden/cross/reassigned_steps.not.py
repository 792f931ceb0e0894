from pyspark.sql.functions import col, coalesce, lit

orders = spark.read.table("sales.orders")
orders = orders.where(col("order_date") >= "2024-01-01")
orders = orders.where("status != 'cancelled'")
orders = orders.withColumn("net", col("amount") - col("discount"))
orders = orders.select("order_id", "customer_id", "net")
orders.write.format("delta").mode("overwrite").saveAsTable("silver.net_orders")
