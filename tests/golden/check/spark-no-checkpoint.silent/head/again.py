spark.conf.set("spark.sql.streaming.checkpointLocation", "/checkpoints")
spark.readStream.table("bronze.events").writeStream.toTable("silver.live")
