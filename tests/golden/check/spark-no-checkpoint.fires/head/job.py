spark.readStream.table('bronze.events').writeStream.toTable('silver.events_live')
