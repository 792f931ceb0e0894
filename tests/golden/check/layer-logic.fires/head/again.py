clicks = spark.table("bronze.clicks")
pages = spark.table("bronze.pages")
clicks.join(pages, "page").select("click_id", "title").write.mode("append").saveAsTable("bronze.clicks_with_titles")
