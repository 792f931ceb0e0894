pairs = spark.table("sales.customers").select("country", "segment")
pairs.dropDuplicates(["country"]).write.mode("overwrite").saveAsTable("ref.pairs")
