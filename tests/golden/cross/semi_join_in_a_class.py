class Pipeline:
    def __init__(self, spark, source="sales.orders"):
        self.spark = spark
        self.source = source

    def read(self):
        return self.spark.table(self.source)

    def returned(self, df):
        r = self.spark.table("sales.returns")
        return df.join(r, df["order_id"] == r["order_id"], "leftsemi")

    def run(self, target):
        import pyspark.sql.functions as F
        df = self.returned(self.read())
        df = df.groupBy("customer_id").agg(F.min("order_date").alias("first_order"), F.max("order_date").alias("last_order"))
        df.write.mode("overwrite").saveAsTable(target)

Pipeline(spark).run("gold.returners")
