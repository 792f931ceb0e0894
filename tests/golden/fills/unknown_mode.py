import pyspark.sql.functions as F

mode = dbutils.widgets.get("mode")
rows = spark.table("raw.accounts").where("account_id is not null")
rows.select("account_id", F.upper("region").alias("region"), "opened_on").write.mode(mode).saveAsTable("crm.accounts")
