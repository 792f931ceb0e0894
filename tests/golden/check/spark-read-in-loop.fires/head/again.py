results = {}
for c in ("DE", "FR", "NL", "BE"):
    df = spark.read.table("silver.users").where(f"country = '{c}'")
    results[c] = df.count()

while pending():
    lookup = spark.sql("SELECT user_id, country FROM silver.users")
    process(lookup.first())
