from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
out = spark.table("web.events").groupBy("user_id", F.window("event_ts", "2 hours")).count().select("user_id", F.col("window.start").alias("ws"), F.col("count").alias("n"))
out.write.mode("overwrite").saveAsTable("gold.out")
