df = spark.table("sales.customers")
df = df.drop("email", "country", "signup_date", "is_test")
for old, new in {"customer_id": "id", "segment": "market"}.items():
    df = df.withColumnRenamed(old, new)
df.writeTo("silver.customer_names").using("delta").createOrReplace()
