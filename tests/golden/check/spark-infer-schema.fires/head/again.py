df = spark.read.csv("s3://landing/users/2026/", header=True, inferSchema=True)
df.select("user_id").write.mode("append").saveAsTable("bronze.user_ids")
more = spark.read.format("csv").options(header="true", inferSchema="true").load("/mnt/raw/events")
more.select("event_id").write.mode("append").saveAsTable("bronze.event_ids")
