raw = spark.read.option('header', True).schema('user_id BIGINT, country STRING').csv('/landing/users')
raw.write.mode('overwrite').saveAsTable('bronze.users')
