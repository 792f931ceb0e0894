spark.table('silver.users').coalesce(1).write.mode('overwrite').csv('/out/users')
spark.table('silver.unsized').repartition(1).write.mode('overwrite').csv('/out/unsized')
