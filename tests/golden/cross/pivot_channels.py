from pyspark.sql import functions as F

wide = (spark.table("sales.orders")
        .groupBy("order_date")
        .pivot("channel", ["web", "app", "store"])
        .agg(F.sum("amount")))
wide.write.mode("overwrite").saveAsTable("gold.channels_wide")
