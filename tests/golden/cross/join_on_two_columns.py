from pyspark.sql.functions import col

rates = spark.table("ref.fx_rates").withColumnRenamed("rate_date", "order_date")
orders = spark.table("sales.orders")
(orders.join(rates, ["currency", "order_date"])
       .withColumn("amount_eur", col("amount") * col("rate"))
       .select("order_id", "amount_eur")
       .write.mode("overwrite").saveAsTable("silver.orders_eur"))
