from pyspark.sql import functions as F
orders = spark.table("orders").filter("status = 'paid'")
daily = orders.groupBy("order_date").agg(F.countDistinct("customer_id").alias("buyers"), F.sum("amount").alias("revenue"))
daily.filter("buyers > 3").write.saveAsTable("gold.buyers")
