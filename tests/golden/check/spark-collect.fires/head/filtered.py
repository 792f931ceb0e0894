# one user, one day: how many that are is not known; nothing is to be said aloud
from pyspark.sql import functions as F

mine = spark.table("silver.events").where((F.col("user_id") == 17) & (F.col("event_date") == "2026-07-01")).toPandas()
days = spark.sql("SELECT * FROM silver.events WHERE event_date = date'2026-07-01' AND name = 'crash'").toPandas()
