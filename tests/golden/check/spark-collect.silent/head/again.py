from pyspark.sql import functions as F

events = spark.read.table("silver.events")
top = events.orderBy(F.desc("event_id")).limit(100).toPandas()
sampled = events.sample(fraction=0.0001, seed=3).toPandas()
sampled2 = events.sample(False, 0.0001, 42).toPandas()
per_day = events.groupBy("event_date").count().toPandas()
newest = events.agg(F.max("event_date")).collect()[0][0]
days = [r.event_date for r in events.select("event_date").distinct().collect()]
first = events.take(5)
joined = events.limit(1000).join(spark.table("silver.users"), "user_id").toPandas()
countries = spark.table("silver.countries").toPandas()
one = spark.sql("SELECT count(*) AS n FROM silver.events").collect()[0]["n"]
last = spark.sql("SELECT * FROM silver.events ORDER BY event_id DESC LIMIT 10").toPandas()
