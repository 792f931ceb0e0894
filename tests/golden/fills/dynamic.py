import pyspark.sql.functions as F

spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
rows = spark.table("raw.accounts").where("account_id is not null")
rows.select("account_id", F.upper("region").alias("region"), "opened_on").write.mode("overwrite").partitionBy("region").saveAsTable("crm.accounts")
