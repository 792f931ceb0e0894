spark.table("bronze.clicks").groupBy("page").count().write.mode("overwrite").saveAsTable("bronze.page_counts")
