import pyspark.sql.functions as F

spark.table("raw.accounts").where(F.col("account_id").isNotNull()).select(
    "account_id", F.upper(F.col("region")).alias("region"), "opened_on"
).write.mode("overwrite").option("replaceWhere", "opened_on >= '2026-01-01'").saveAsTable("crm.accounts")
