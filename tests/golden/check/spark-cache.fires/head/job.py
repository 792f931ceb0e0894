users = spark.table('silver.users').cache()
users.write.mode('overwrite').saveAsTable('gold.users_copy')
