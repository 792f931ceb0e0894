spark.table("silver.orders").where("amount > 13").select("order_id", "amount").write.mode("overwrite").saveAsTable("ds.listed")
