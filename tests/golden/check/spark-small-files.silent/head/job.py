spark.table('silver.events').repartition(200).write.mode('overwrite').parquet('/out/events')
spark.table('silver.countries').repartition(4).write.mode('overwrite').parquet('/out/countries')
spark.table('silver.unsized').repartition(200).write.mode('overwrite').parquet('/out/unsized')
