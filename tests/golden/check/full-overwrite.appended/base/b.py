spark.table("landing.hits").select("hit_id", "page").write.mode("append").saveAsTable("bronze.hits")
