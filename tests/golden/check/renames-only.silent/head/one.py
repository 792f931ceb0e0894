from pyspark import pipelines as dp


@dp.temporary_view()
def large_orders():
    return spark.table("silver.orders").filter("amount > 100")


@dp.materialized_view(name="gold.large_orders")
def stored_one():
    return spark.read.table("large_orders")
