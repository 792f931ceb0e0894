from pyspark.sql import functions as F
from pyspark.sql.types import StringType, DoubleType
df = (spark.read.format("delta").table("sales.orders")
      .filter((F.col("order_date") >= "2023-01-01") & ((F.col("channel") == "web") | F.col("channel").isNotNull()))
      .withColumn("order_key", F.col("order_id").cast(StringType()))
      .withColumn("amount", F.col("amount").cast("double"))
      .withColumn("y", F.year("order_date"))
      .withColumn("m", F.month(F.col("order_date"))))
df[["order_key", "amount", "y", "m"]].write.mode("overwrite").saveAsTable("gold.typed")
