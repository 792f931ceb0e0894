from pyspark import StorageLevel

joined = spark.table("silver.events").join(spark.table("silver.users"), "user_id").select("event_id", "country")
joined.persist(StorageLevel.MEMORY_AND_DISK)
joined.write.mode("overwrite").saveAsTable("gold.event_countries")

unused = spark.table("silver.countries").cache()
