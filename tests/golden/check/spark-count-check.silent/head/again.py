n = spark.table("silver.events").count()
print(f"{n} events")
if spark.table("silver.events").count() > 1_000_000:
    print("many")
if spark.table("silver.events").limit(1).count() == 0:
    raise ValueError("no events")
if spark.table("silver.countries").count() == 0:
    raise ValueError("no countries")
if not spark.table("silver.users").head(1):
    raise ValueError("no users")
