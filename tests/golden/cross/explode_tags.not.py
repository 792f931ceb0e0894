from pyspark.sql.functions import explode_outer, col

tags = (spark.table("web.events")
        .filter(col("event_type") == "search")
        .select("event_id", explode_outer("tags").alias("tag")))
tags.groupBy("tag").count().withColumnRenamed("count", "uses").write.mode("overwrite").saveAsTable("gold.tags")
