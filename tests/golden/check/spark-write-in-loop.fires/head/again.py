import datetime

start = datetime.date(2026, 1, 1)
for i in range(90):
    day = start + datetime.timedelta(days=i)
    df = spark.sql(f"SELECT user_id, count(*) AS n FROM silver.events WHERE event_date = '{day}' GROUP BY user_id")
    df.write.format("delta").mode("append").saveAsTable("gold.user_days")

for name in ["click", "view"]:
    spark.table("silver.events").where(f"name = '{name}'").select("event_id").write.insertInto("gold.event_ids")
