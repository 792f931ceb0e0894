small = spark.read.table("silver.countries").filter("code is not null")
small.repartition(64, "code").write.mode("overwrite").saveAsTable("gold.countries_copy")
spark.table("silver.countries").select("code").repartition(400).write.format("delta").mode("append").save("/lake/countries")
