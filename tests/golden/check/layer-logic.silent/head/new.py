spark.table("raw.clicks").select("click_id", "page").distinct().write.mode("overwrite").saveAsTable("bronze.click_pages_py")
