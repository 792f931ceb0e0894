from pyspark.sql import functions as F
spark.table('silver.countries').coalesce(1).write.mode('overwrite').csv('/out/countries')
spark.table('silver.users').repartition(8).write.mode('overwrite').csv('/out/users')
spark.table('silver.users').groupBy('country').count().coalesce(1).write.mode('overwrite').csv('/out/per_country')
