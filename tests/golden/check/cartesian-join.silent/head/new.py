from pyspark.sql import functions as F

refunds = spark.table("silver.refunds")
most = refunds.agg(F.max("amount").alias("most"))
refunds.crossJoin(most).where("amount = most").select("order_id", "amount").write.mode("overwrite").saveAsTable("ds.highest_refunds")

titles = spark.table("silver.pages").select("title").distinct()
bots = spark.table("silver.customers").select("is_bot").distinct()
titles.crossJoin(bots).write.mode("overwrite").saveAsTable("ds.titles_of_bots")
