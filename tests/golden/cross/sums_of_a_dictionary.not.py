from pyspark.sql import functions as F
cfg = {"paid": "open", "open": "paid"}
exprs = []
for alias, status in cfg.items():
    exprs.append(F.sum(F.expr(f"if(status = '{status}', amount, 0)")).alias(alias))
spark.table("sales.orders").groupBy("customer_id").agg(*exprs).write.mode("overwrite").saveAsTable("gold.paid_open")
