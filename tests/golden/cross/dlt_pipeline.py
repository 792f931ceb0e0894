import dlt
from pyspark.sql.functions import col, count, sum as total, lit


@dlt.view
@dlt.expect_or_drop("has status", "status IS NOT NULL")
def valid_orders():
    return spark.read.table("sales.orders").where(col("amount") > 0)


@dlt.table(name="orders_by_day", comment="orders and revenue per day")
def by_day():
    return dlt.read("valid_orders").groupBy("order_date").agg(count(lit(1)).alias("orders"), total("amount").alias("revenue"))
