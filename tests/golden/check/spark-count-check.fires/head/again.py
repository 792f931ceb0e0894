from pyspark.sql import functions as F

bad = spark.table("silver.users").where(F.col("country").isNull())
if bad.count() > 0:
    raise ValueError("users without a country")
assert spark.table("silver.events").count() != 0, "no events"
has_rows = spark.read.table("silver.events").filter("name = 'x'").count() >= 1
