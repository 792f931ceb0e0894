users = spark.table('silver.users').groupBy('country').count()
users.show()
display(users)
users.write.mode('overwrite').saveAsTable('gold.users_per_country')
