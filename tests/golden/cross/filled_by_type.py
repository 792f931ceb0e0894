(spark.table("sales.orders")
    .select("order_id", "channel", "amount")
    .na.fill("none", subset=["channel", "amount"])
    .write.saveAsTable("silver.filled"))
