orders = spark.table("silver.orders")
events = spark.table("silver.events")
near = orders.join(events, events.happened_at > orders.ordered_at).select(orders.order_id, events.event_id)
near.write.mode("overwrite").saveAsTable("gold.later_events")
