from functools import partial
import pyspark.sql.functions as F

def keep(df, column, values):
    return df.where(F.col(column).isin(values))

keep_status = partial(keep, column="status", values=["paid", "shipped"])
orders = keep_status(spark.table("sales.orders"))
orders = orders.join(spark.table("sales.order_items"), ["order_id"]).groupBy("order_id", "country").agg(F.sum("quantity").alias("units"))
orders.select("order_id", "units", "country").write.mode("overwrite").saveAsTable("gold.units_of_order")
