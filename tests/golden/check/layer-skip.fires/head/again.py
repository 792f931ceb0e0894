raw = spark.read.table("bronze.clicks")
raw.groupBy("page").count().write.format("delta").mode("overwrite").saveAsTable("gold.pages")
