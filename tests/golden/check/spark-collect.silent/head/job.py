from pyspark.sql import functions as F
events = spark.table('silver.events')
last = events.agg(F.max('event_date')).collect()[0][0]
few = events.limit(100).toPandas()
one = events.first()
per_day = events.groupBy('event_date').count().toPandas()
codes = [r.code for r in spark.table('silver.countries').collect()]
