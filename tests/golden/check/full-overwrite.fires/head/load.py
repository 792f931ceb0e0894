spark.table("silver.pings").groupBy("user_id").agg({"pinged_at": "max"}).withColumnRenamed("max(pinged_at)", "last_ping").write.mode("overwrite").saveAsTable("gold.last_pings")
