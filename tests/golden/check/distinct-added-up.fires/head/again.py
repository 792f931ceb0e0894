from pyspark.sql import functions as F

daily = spark.table("silver.events").groupBy(F.to_date("happened_at").alias("day")).agg(F.approx_count_distinct("user_id").alias("dau"))
daily.groupBy(F.month("day").alias("m")).agg(F.sum("dau").alias("mau")).write.mode("overwrite").saveAsTable("gold.mau")
