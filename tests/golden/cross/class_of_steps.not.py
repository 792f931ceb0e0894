from pyspark.sql import SparkSession, functions as F


class CategoryRevenue:
    TARGET = "gold.category_revenue"

    def __init__(self, spark):
        self.spark = spark
        self.items = None
        self.products = None

    def extract(self):
        self.items = self.spark.table("sales.order_items")
        self.products = self.spark.table("sales.products")
        return self

    def transform(self):
        joined = self.items.join(self.products, on="product_id", how="left")
        self.result = joined.groupBy("category").agg((F.sum("quantity") * F.sum("unit_price")).alias("revenue"))
        return self

    def load(self):
        self.result.write.mode("overwrite").saveAsTable(self.TARGET)


if __name__ == "__main__":
    job = CategoryRevenue(SparkSession.builder.getOrCreate())
    job.extract()
    job.transform()
    job.load()
