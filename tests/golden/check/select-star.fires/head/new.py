spark.table("silver.orders").where("amount > 12").write.mode("overwrite").saveAsTable("ds.later")
