from pyspark.sql import functions as F

trades = spark.table("dex_polygon.trades").filter("amount_usd > 0")
volume = trades.groupBy("block_date", "token").agg(F.sum("amount_usd").alias("volume"), F.count("*").alias("trades"))
volume.select(F.lit("polygon").alias("chain"), "block_date", "token", "volume", "trades").write.mode("overwrite").saveAsTable("gold.volume_polygon")
