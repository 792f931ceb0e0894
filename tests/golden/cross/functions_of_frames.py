from pyspark.sql import DataFrame, SparkSession
import pyspark.sql.functions as F

DONE = ["complete", "shipped"]


def real_customers(customers: DataFrame) -> DataFrame:
    return customers.filter(~F.col("is_test"))


def finished(orders: DataFrame, states=DONE) -> DataFrame:
    return orders.filter(F.col("status").isin(states))


def by_segment(orders: DataFrame, customers: DataFrame) -> DataFrame:
    joined = orders.join(customers, on="customer_id", how="inner")
    return joined.groupBy("segment").agg(
        F.countDistinct("customer_id").alias("buyers"),
        F.sum("amount").alias("revenue"),
    )


def main():
    spark = SparkSession.builder.appName("segments").getOrCreate()
    result = by_segment(finished(spark.table("sales.orders")), real_customers(spark.table("sales.customers")))
    result.write.mode("overwrite").saveAsTable("gold.segments")


if __name__ == "__main__":
    main()
