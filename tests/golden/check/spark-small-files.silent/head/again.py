spark.table("silver.events").repartition(400).write.mode("overwrite").saveAsTable("gold.events_spread")
spark.table("silver.countries").repartition(4).write.mode("overwrite").saveAsTable("gold.countries4")
spark.table("silver.unsized").repartition(200).write.mode("overwrite").saveAsTable("gold.unsized")
