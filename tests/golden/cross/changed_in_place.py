from pyspark.sql import functions as F

columns = ["status", "order_id", "remark"]
columns.remove("remark")
columns.sort()
columns += ["amount"]
columns[-1] = "channel"
limits = {"amount": 5, "least": 1}
limits.update(amount=10)
limits["least"] += 1
del limits["least"]
query = "amount > {amount}".format(**limits)
query += " AND channel IS NOT NULL"
spark.table("sales.orders").where(query).select(*columns).write.saveAsTable("silver.large_orders")
