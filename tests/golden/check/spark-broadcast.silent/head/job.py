from pyspark.sql import functions as F
users = spark.table('silver.users')
joined = users.join(F.broadcast(spark.table('silver.countries')), users.country == F.col('code'))
joined.write.mode('overwrite').saveAsTable('gold.users_named')
