from pyspark.sql import functions as F


def only_country(code):
    def inner(df):
        return df.filter(F.col("country") == code)
    return inner


def normal_amounts(df, low=10, high=500):
    return df.where(F.col("amount").between(low, high))


def shape(df):
    return df.select("order_id", F.upper(F.col("channel")).alias("channel"), F.col("amount").cast("double"))


(spark.table("sales.orders")
    .transform(only_country("DE"))
    .transform(normal_amounts)
    .transform(shape)
    .write.mode("overwrite").saveAsTable("silver.orders_de"))
