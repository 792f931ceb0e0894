df = spark.table("sales.orders").select("order_id", "channel", "discount")
df = df.na.fill({"channel": "unknown"})
df.write.mode("overwrite").saveAsTable("silver.orders_filled")
