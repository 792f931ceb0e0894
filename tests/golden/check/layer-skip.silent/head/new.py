spark.table("bronze.clicks").select("page", "user_id").write.mode("overwrite").saveAsTable("silver.clicks")
