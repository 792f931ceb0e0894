from pyspark.sql import functions as F

events = spark.read.table("silver.events")
pdf = events.select("event_id", "user_id").withColumn("n", F.lit(1)).toPandas()
names = [r["country"] for r in spark.sql("SELECT user_id, country FROM silver.users").collect()]
local = events.toLocalIterator()
pairs = spark.table("silver.users").rdd.map(lambda r: (r.user_id, r.country)).collect()
