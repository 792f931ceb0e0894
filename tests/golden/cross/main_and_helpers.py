from pyspark.sql import SparkSession, functions as F

def load(spark, name):
    return spark.table(f"sales.{name}")

def main():
    spark = SparkSession.builder.getOrCreate()
    items, orders = load(spark, "order_items"), load(spark, "orders")
    value = items.withColumn("value", F.col("quantity") * F.col("unit_price")).groupBy("order_id").agg(F.sum("value").alias("value"))
    joined = value.join(orders, on=["order_id"], how="inner").select("country", "value")
    (joined.groupBy("country")
        .agg(F.mean("value").alias("avg_value"), F.percentile_approx("value", 0.5).alias("median_value"))
        .write.mode("overwrite").saveAsTable("gold.order_value"))

if __name__ == "__main__":
    main()
