from pyspark.sql import functions as F
users = spark.table('silver.users')
joined = users.join(F.broadcast(spark.table('silver.countries')), users.country == F.col('code'))
joined.write.mode('overwrite').saveAsTable('gold.users_named')
germans = spark.table('silver.users').where(F.col('country') == 'DE')
spark.table('silver.events').join(F.broadcast(germans), 'user_id').select('event_id').write.mode('overwrite').saveAsTable('gold.german_events')
