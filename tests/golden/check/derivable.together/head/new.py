from pyspark.sql import functions as F

o = spark.table("silver.orders")
c = spark.table("silver.customers")
r = spark.table("silver.refunds")
joined = o.join(c, o.customer_id == c.customer_id).join(r, r.order_id == o.order_id)
joined.groupBy(o.event_date).agg(F.avg(r.amount).alias("average"), F.count("*").alias("n")).write.saveAsTable("ds.refund_average")
joined.groupBy(o.event_date).agg(F.count("*").alias("refunds")).write.saveAsTable("ds.refund_counts")
