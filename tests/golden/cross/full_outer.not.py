from pyspark.sql import functions as F

events = spark.table("web.events").groupBy("user_id").agg(F.min("event_ts").alias("first_event"))
sessions = spark.table("web.sessions").groupBy("user_id").agg(F.min("started_at").alias("first_session"))
both = events.join(sessions, on=["user_id"], how="left").select("user_id", "first_event", "first_session")
both.write.mode("overwrite").saveAsTable("gold.first_seen")
