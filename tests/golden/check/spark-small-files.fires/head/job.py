spark.table('silver.countries').repartition(200).write.mode('overwrite').parquet('/out/countries')
