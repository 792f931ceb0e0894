from pyspark.sql import functions as F
events = spark.table('silver.events')
joined = events.join(F.broadcast(spark.table('silver.users')), 'user_id')
joined.write.mode('overwrite').saveAsTable('gold.events_of_users')
