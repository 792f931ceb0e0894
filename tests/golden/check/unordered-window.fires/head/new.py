from pyspark.sql import functions as F
from pyspark.sql.window import Window
w = Window.partitionBy("user_id").orderBy(F.lit(1))
spark.table("silver.events").withColumn("place", F.row_number().over(w)).filter("place = 1").select("user_id", "event_id").write.mode("overwrite").saveAsTable("gold.one_event_each")
