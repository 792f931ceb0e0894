orders = spark.table("silver.orders")
refunds = spark.table("silver.refunds")
orders.join(refunds).select(orders.order_id, refunds.amount).write.mode("overwrite").saveAsTable("ds.orders_and_refunds")
