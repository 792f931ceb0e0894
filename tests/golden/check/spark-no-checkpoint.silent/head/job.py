spark.readStream.table('bronze.events').writeStream.option('checkpointLocation', '/cp/events').toTable('silver.events_live')
spark.readStream.table('bronze.events').writeStream.format('console').start()
