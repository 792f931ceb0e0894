e = spark.table("silver.events")
e.groupBy("user_id").count().join(spark.table("silver.users"), "user_id").write.mode("overwrite").saveAsTable("gold.counts")
