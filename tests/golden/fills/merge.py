from delta.tables import DeltaTable
import pyspark.sql.functions as F

fresh = (
    spark.read.table("raw.accounts")
    .where(F.col("account_id").isNotNull())
    .select("account_id", F.upper("region").alias("region"), "opened_on")
)
table = DeltaTable.forName(spark, "crm.accounts")
builder = table.alias("old").merge(fresh.alias("new"), F.col("old.account_id") == F.col("new.account_id"))
builder = builder.whenMatchedUpdate(
    condition=F.col("new.opened_on") > F.col("old.opened_on"),
    set={"opened_on": F.col("new.opened_on"), "region": "new.region"},
)
builder.whenNotMatchedInsert(
    values={"account_id": "new.account_id", "opened_on": "new.opened_on", "region": "new.region"}
).execute()
