from pyspark.sql import functions as F
from pyspark.sql.types import StringType

orders = spark.table("silver.orders").alias("o")
accounts = spark.table("legacy.accounts").alias("a")
orders.join(accounts, F.col("o.customer_id").cast(StringType()) == F.col("a.customer_id"), "left").select("o.order_id", "a.account_no").write.mode("overwrite").saveAsTable("gold.order_accounts")
orders.join(accounts, F.col("o.customer_id") == F.col("a.customer_id")).select("o.order_id", "a.opened").write.mode("overwrite").saveAsTable("gold.order_opened")
