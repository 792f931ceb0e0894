from pyspark import pipelines as dp
from pyspark.sql import functions as F


@dp.temporary_view()
def finished_sessions():
    return spark.table("web.sessions").filter(F.col("ended_at").isNotNull()).withColumn("day", F.to_date("ended_at"))


@dp.materialized_view
def sessions_by_device():
    return spark.table("finished_sessions").groupBy("device", "day").agg(F.count("*").alias("sessions"))
