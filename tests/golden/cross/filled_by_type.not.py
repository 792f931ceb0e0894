(spark.table("sales.orders")
    .select("order_id", "channel", "amount")
    .na.fill("none", subset=["amount"]).na.fill(0, subset=["channel"])
    .write.saveAsTable("silver.filled"))
