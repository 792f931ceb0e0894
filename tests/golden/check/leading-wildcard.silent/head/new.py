orders = spark.table("silver.orders")
orders.filter(orders.coupon.like("WINTER%")).select("order_id").write.mode("overwrite").saveAsTable("gold.winter_orders")
