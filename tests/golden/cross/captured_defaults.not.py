from pyspark.sql import functions as F

spark.catalog.setCurrentDatabase("sales")
filters = {}
for column in ["amount", "discount"]:
    filters[column] = lambda df, column=column: df.filter(F.col(column) > 1)
orders = spark.table("orders")


def chosen(df=orders):
    return filters["discount"](df)


orders = orders.filter("status = 'open'")
chosen().select("order_id", "amount").write.saveAsTable("silver.chosen")
