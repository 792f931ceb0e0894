from pyspark.sql import functions as F

o = spark.table("silver.orders")
c = spark.table("silver.customers")
r = spark.table("silver.refunds")
joined = o.join(c, o.customer_id == c.customer_id).join(r, r.order_id == o.order_id)
bots = joined.where(c.is_bot).groupBy(o.status).agg(F.min(r.amount).alias("smallest"))
bots.write.mode("overwrite").saveAsTable("ds.bot_refund_status")
