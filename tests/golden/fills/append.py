from pyspark.sql.functions import upper

rows = spark.table("raw.accounts").filter("account_id IS NOT NULL")
rows.select("account_id", upper("region").alias("region"), "opened_on").write.mode("append").saveAsTable("crm.accounts_log")
