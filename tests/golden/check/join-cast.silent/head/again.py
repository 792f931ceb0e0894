from pyspark.sql import functions as F

orders = spark.table("silver.orders").withColumn("day", F.to_date("ordered_at"))
days = spark.table("silver.events").withColumn("day", F.to_date("happened_at"))
orders.join(days, "day").select("order_id", "event_id").write.mode("overwrite").saveAsTable("gold.day_join")
