from pyspark.sql import functions as F

spark.table("silver.events").groupBy(F.month("happened_at").alias("m")).agg(F.countDistinct("user_id").alias("mau")).write.mode("overwrite").saveAsTable("gold.mau2")
