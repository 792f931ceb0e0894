from delta.tables import DeltaTable
from pyspark.sql import functions as F


def upsert(batch, batch_id):
    target = DeltaTable.forName(spark, "silver.customers")
    (target.alias("t")
        .merge(batch.filter("country = 'DE'").alias("s"), "t.customer_id = s.customer_id")
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .execute())


changes = (spark.readStream.table("sales.customers")
           .filter(F.col("email").isNotNull())
           .select("customer_id", F.lower("email").alias("email"), "country"))
(changes.writeStream
    .foreachBatch(upsert)
    .option("checkpointLocation", "/checkpoints/customers")
    .start())
