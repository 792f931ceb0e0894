from pyspark import pipelines as dp


@dp.temporary_view()
def large_orders():
    return spark.table("silver.orders").filter("amount > 200")


@dp.materialized_view(name="gold.large_orders_two")
def stored_two():
    return spark.read.table("large_orders")
