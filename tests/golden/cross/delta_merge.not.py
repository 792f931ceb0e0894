from delta.tables import DeltaTable
from pyspark.sql.functions import avg

balances = spark.table("sales.orders").filter("status <> 'cancelled'").groupBy("customer_id").agg(avg("amount").alias("balance"))
DeltaTable.forName(spark, "gold.balances").alias("t").merge(
    source=balances.alias("s"), condition="s.customer_id = t.customer_id"
).whenMatchedUpdate(set={"balance": "s.balance"}).whenNotMatchedInsert(
    values={"customer_id": "s.customer_id", "balance": "s.balance"}
).execute()
