from pyspark.sql.window import Window
import pyspark.sql.functions as F

w = (Window.partitionBy(F.col("customer_id"))
     .orderBy("order_ts", "order_id")
     .rowsBetween(Window.unboundedPreceding, Window.currentRow))
spark.table("sales.orders").select("order_id", "customer_id", F.sum("amount").over(w).alias("spent_so_far")) \
    .write.mode("overwrite").saveAsTable("gold.running")
