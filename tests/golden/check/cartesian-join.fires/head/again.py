from pyspark.sql import functions as F

customers = spark.read.table("silver.customers").filter(~F.col("is_bot"))
big = spark.read.table("silver.orders").filter(F.col("amount") > 1000)

(customers.join(big, how="inner")
    .groupBy("country")
    .agg(F.count(F.lit(1)).alias("n"))
    .write.format("delta").mode("overwrite").saveAsTable("ds.big_by_country"))

spark.sql('''
  CREATE OR REPLACE TABLE ds.refunds_of_bots AS
  SELECT r.order_id, c.customer_id FROM silver.refunds r JOIN silver.customers c WHERE c.is_bot
''')
