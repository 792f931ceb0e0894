import pyspark.pandas as ps

orders = ps.read_table("sales.orders")
large = orders[orders["amount"] > 10]
large["doubled"] = large["amount"] * 2
large[["customer_id", "doubled"]].to_table("silver.doubled", mode="overwrite")
