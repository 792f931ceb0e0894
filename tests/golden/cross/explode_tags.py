from pyspark.sql.functions import explode, col

tags = (spark.table("web.events")
        .filter(col("event_type") == "search")
        .select("event_id", explode("tags").alias("tag")))
tags.groupBy("tag").count().withColumnRenamed("count", "uses").write.mode("overwrite").saveAsTable("gold.tags")
