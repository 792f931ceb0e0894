clicks = spark.table("bronze.clicks")
clicks.groupBy("user_id").count().write.mode("overwrite").saveAsTable("gold.user_clicks")
