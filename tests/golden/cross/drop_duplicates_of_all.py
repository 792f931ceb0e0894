pairs = spark.table("sales.customers").select("country", "segment")
pairs.dropDuplicates(["segment", "country"]).write.mode("overwrite").saveAsTable("ref.pairs")
