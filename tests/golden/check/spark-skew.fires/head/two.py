e = spark.table('silver.events')
d = spark.table('silver.devices')
e.join(d, 'device_id', 'left').select('event_id', 'maker').write.mode('overwrite').saveAsTable('gold.events_of_devices')
