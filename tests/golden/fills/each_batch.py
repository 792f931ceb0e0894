import pyspark.sql.functions as F


def store(batch, number):
    batch.where("account_id is not null").select("account_id", F.upper("region").alias("region"), "opened_on").write.mode(
        "overwrite"
    ).saveAsTable("crm.accounts")


spark.readStream.table("raw.accounts").writeStream.foreachBatch(store).start()
