from pyspark.sql import functions as F

refunds = spark.table("sales.returns").groupBy("order_id").agg(F.sum("refund").alias("refunded"))
(spark.table("sales.orders").select("order_id")
    .join(refunds, "order_id", "left_outer")
    .fillna(0, subset=["refunded"])
    .write.insertInto("gold.refunds", overwrite=True))
