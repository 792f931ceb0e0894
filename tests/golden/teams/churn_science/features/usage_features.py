"""Usage of each customer over 7, 30 and 90 days before a date."""
import argparse

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.spark_session import get_spark

WINDOWS = (7, 30, 90)


def usage_features(usage: DataFrame, as_of: str) -> DataFrame:
    recent = usage.where(F.col("day").between(F.date_sub(F.lit(as_of), max(WINDOWS)), F.lit(as_of)))
    aggregates = []
    for days in WINDOWS:
        inside = F.col("day") > F.date_sub(F.lit(as_of), days)
        aggregates += [
            F.sum(F.when(inside, F.col("minutes"))).alias(f"minutes_{days}d"),
            F.sum(F.when(inside, F.col("data_mb"))).alias(f"data_mb_{days}d"),
            F.countDistinct(F.when(inside, F.col("day"))).alias(f"active_days_{days}d"),
        ]
    return recent.groupBy("customer_id").agg(*aggregates).withColumn("as_of", F.to_date(F.lit(as_of)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--as-of", required=True)
    options = parser.parse_args()
    spark = get_spark("usage_features")
    usage = spark.table("telco.silver.usage_daily")
    features = usage_features(usage, options.as_of)
    (
        features.write.format("delta")
        .mode("overwrite")
        .option("replaceWhere", f"as_of = '{options.as_of}'")
        .saveAsTable("telco.ml.usage_features")
    )


if __name__ == "__main__":
    main()
