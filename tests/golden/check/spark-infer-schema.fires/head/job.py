raw = spark.read.option('header', True).option('inferSchema', True).csv('/landing/users')
raw.write.mode('overwrite').saveAsTable('bronze.users')
