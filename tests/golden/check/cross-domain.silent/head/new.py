spark.table("sales.bronze.leads").select("lead").write.mode("overwrite").saveAsTable("sales.silver.leads")
