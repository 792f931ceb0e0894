for table in ["users", "countries", "events"]:
    spark.table(f"silver.{table}").write.mode("overwrite").saveAsTable(f"backup.{table}")

from functools import reduce
parts = [spark.table("silver.events").where(f"name = '{n}'").select("event_id") for n in ("a", "b")]
reduce(lambda x, y: x.unionByName(y), parts).write.mode("append").saveAsTable("gold.both")
