for name in ['users', 'countries']:
    spark.table('silver.' + name).write.mode('overwrite').saveAsTable('gold.' + name + '_copy')
for name in ['a', 'b']:
    spark.readStream.table('silver.' + name).writeStream.option('checkpointLocation', '/cp/' + name).toTable('bronze.all')
