from pyspark.sql.functions import udf, col
from pyspark.sql.types import StringType, IntegerType

trim_udf = udf(lambda s: s.strip(), StringType())
length = udf(lambda x: len(x), IntegerType())
spark.table("silver.users").withColumn("c", trim_udf(col("country"))).withColumn("n", length("country")).select("user_id", "c", "n").write.mode("overwrite").saveAsTable("silver.users_trimmed")


def lower_it(value):
    if value is None:
        return None
    return value.lower()


spark.udf.register("lower_it", lower_it)
spark.sql("SELECT user_id, lower_it(country) AS country FROM silver.users").write.mode("overwrite").saveAsTable("silver.users_lower")
