users = spark.table("silver.users").cache()
for c in ("DE", "FR", "NL", "BE"):
    print(c, users.where(f"country = '{c}'").count())
for c in ("DE", "FR"):
    names = spark.table("silver.countries").where(f"code = '{c}'").first()
for table in ("users", "events"):
    print(table, spark.table(f"silver.{table}").count())
