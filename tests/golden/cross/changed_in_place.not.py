columns = ["status", "order_id", "remark"]
columns.remove("remark")
columns.sort()
columns += ["channel"]
limits = {"amount": 10}
if dbutils.widgets.get("strict") == "yes":
    limits["amount"] = 20
spark.table("sales.orders").where("amount > {amount} AND channel IS NOT NULL".format(**limits)).select(*columns).write.saveAsTable("silver.large_orders")
