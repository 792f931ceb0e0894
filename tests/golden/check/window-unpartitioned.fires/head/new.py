from pyspark.sql import functions as F
from pyspark.sql.window import Window
events = spark.table("silver.events")
events.withColumn("place", F.row_number().over(Window.orderBy("happened_at"))).select("event_id", "place").write.mode("overwrite").saveAsTable("gold.event_places")
