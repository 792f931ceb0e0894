from pyspark.sql import functions as F

base = spark.table("silver.events").join(spark.table("silver.users"), "user_id").select("event_id", "country", "event_date").cache()
base.groupBy("country").agg(F.count("*").alias("n")).write.mode("overwrite").saveAsTable("gold.per_country")
base.groupBy("event_date").agg(F.count("*").alias("n")).write.mode("overwrite").saveAsTable("gold.per_day")
base.unpersist()


def load():
    return spark.table("silver.users").cache()
