q = (spark.readStream.table("bronze.events").writeStream.options(checkpointLocation="/c/1").trigger(availableNow=True).toTable("silver.live2"))
spark.readStream.table("bronze.events").writeStream.format("console").start()
spark.readStream.table("bronze.events").writeStream.format("memory").queryName("m").start()
