e = spark.table("silver.events")
d = spark.table("silver.devices")
e.join(d, "device_id").groupBy("maker").count().write.mode("overwrite").saveAsTable("gold.events_of_makers")
