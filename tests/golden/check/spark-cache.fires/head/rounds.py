for day in days():
    part = spark.table('silver.events').filter(f"event_date = '{day}'").cache()
    log(part.count())
    part.write.mode('append').saveAsTable('gold.events_copy_' + day)
