spark.table("silver.orders").where("amount < 1").select("order_id", "amount").write.mode("overwrite").saveAsTable("lab.small_orders")
