spark.table("bronze.clicks").where("user_id is not null").dropDuplicates(["click_id"]).write.mode("overwrite").saveAsTable("silver.clean_clicks")
