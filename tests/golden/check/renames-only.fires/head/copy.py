refunds = spark.table("silver.refunds").withColumnRenamed("amount", "refunded")
refunds.write.mode("overwrite").saveAsTable("ds.money_back")
