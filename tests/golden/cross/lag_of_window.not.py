from pyspark.sql import Window
from pyspark.sql import functions as F

per_user = Window.partitionBy("user_id").orderBy("event_ts", "event_id")
(spark.table("web.events")
    .filter(F.col("user_id").isNotNull())
    .select("user_id", "event_id", F.lead("event_ts").over(per_user).alias("previous_ts"))
    .write.mode("overwrite").saveAsTable("silver.steps"))
