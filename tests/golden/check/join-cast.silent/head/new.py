from pyspark.sql import functions as F
orders = spark.table("silver.orders")
events = spark.table("silver.events")
orders.join(events, (orders.customer_id == events.user_id) & (F.to_date(events.happened_at) == orders.event_date)).select(orders.order_id, events.kind).write.mode("overwrite").saveAsTable("gold.order_events")
