spark.table("silver.pings").select("ping_id", "pinged_at").write.mode("append").saveAsTable("gold.ping_times")
