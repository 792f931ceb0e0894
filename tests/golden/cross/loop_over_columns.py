from pyspark.sql.functions import col, trim

df = spark.table("sales.customers").select("customer_id", "name", "email", "segment")
for column in ["name", "email", "segment"]:
    df = df.withColumn(column, trim(col(column)))
df.write.mode("overwrite").saveAsTable("silver.customers_clean")
