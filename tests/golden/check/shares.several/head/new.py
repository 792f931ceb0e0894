from pyspark.sql import functions as F

o = spark.table("silver.orders")
c = spark.table("silver.customers")
r = spark.table("silver.refunds")
joined = o.join(c, o.customer_id == c.customer_id).join(r, r.order_id == o.order_id)
joined.where(o.status == "open").groupBy(o.event_date).agg(F.min(r.amount).alias("smallest")).write.mode("overwrite").saveAsTable("ds.open_refunds")
