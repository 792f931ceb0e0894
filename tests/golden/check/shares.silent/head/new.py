c = spark.table("silver.customers")
r = spark.table("silver.refunds")
c.groupBy("is_bot").count().write.mode("overwrite").saveAsTable("ds.bots")
r.groupBy("order_id").count().write.mode("overwrite").saveAsTable("ds.refund_counts")
