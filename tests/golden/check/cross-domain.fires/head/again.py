spark.table("marketing_bronze.ads").select("ad_id", "spend").write.mode("overwrite").saveAsTable("finance_silver.spend")
