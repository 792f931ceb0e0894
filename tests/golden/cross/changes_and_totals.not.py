from pyspark.sql import functions as F, Window as W

by_customer = W.partitionBy("customer_id").orderBy("order_ts", "order_id")
so_far = by_customer.rowsBetween(-6, W.currentRow)

df = spark.table("sales.orders").withColumns({
    "change": F.col("amount") - F.lag("amount").over(by_customer),
    "running": F.sum("amount").over(so_far),
}).select("customer_id", "order_id", "amount", "change", "running")
df.write.mode("overwrite").saveAsTable("gold.changes")
