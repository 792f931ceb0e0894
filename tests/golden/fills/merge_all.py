from delta.tables import DeltaTable
import pyspark.sql.functions as F

fresh = spark.table("raw.accounts").where("account_id is not null").select("account_id", F.upper("region").alias("region"), "opened_on")
(
    DeltaTable.forName(spark, "crm.accounts").alias("t")
    .merge(fresh.alias("s"), "t.account_id = s.account_id and t.region = s.region")
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .whenNotMatchedBySourceDelete()
    .execute()
)
