from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def test_duplicates_are_dropped():
    spark = SparkSession.builder.master("local[1]").getOrCreate()
    rows = spark.createDataFrame([("m1", "2026-01-01 00:15:00", 1.0), ("m1", "2026-01-01 00:15:00", 1.0)], ["meter", "ts", "kwh"])
    kept = rows.dropDuplicates(["meter", "ts"])
    assert kept.count() == 1
    assert kept.collect()[0]["kwh"] == 1.0
    assert kept.agg(F.sum("kwh")).collect()[0][0] == 1.0
