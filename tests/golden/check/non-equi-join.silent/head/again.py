from pyspark.sql import functions as F

orders, events = spark.table("silver.orders"), spark.table("silver.events")
hit = (F.to_date(orders.ordered_at) == F.to_date(events.happened_at)) & (events.happened_at < orders.ordered_at)
orders.join(events, hit).select(orders.order_id, events.event_id).write.mode("overwrite").saveAsTable("gold.same_day")
