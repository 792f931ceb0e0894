from pyspark.sql.functions import col

IGNORED = ("ping", "heartbeat")
events = spark.table("web.events")
kept = events[~events.event_type.isin(*IGNORED) & (events["page"].like("/shop/%") | events["page"].like("/cart%"))]
kept.groupBy(kept.event_type).count().toDF("event_type", "n").write.mode("overwrite").saveAsTable("gold.kinds")
