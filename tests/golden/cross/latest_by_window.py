from pyspark.sql import Window
from pyspark.sql.functions import col, desc, row_number

latest = Window.partitionBy("customer_id").orderBy(desc("order_ts"), col("order_id").desc())

(spark.table("sales.orders")
 .withColumn("rank", row_number().over(latest))
 .filter(col("rank") == 1)
 .select("customer_id", "order_id", "order_ts", "status")
 .write.mode("overwrite").saveAsTable("silver.latest_orders"))
