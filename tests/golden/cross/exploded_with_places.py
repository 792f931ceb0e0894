from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
out = spark.table("web.events").select("event_id", F.posexplode("tags").alias("pos", "tag"))
out.write.mode("overwrite").saveAsTable("gold.out")
