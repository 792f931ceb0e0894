orders = spark.table("sales.orders")
daily = (orders
         .selectExpr("channel", "order_date", "amount", "amount * (1 - 0.19) as without_tax", "order_ts")
         .where("amount > 1000")
         .groupBy("channel", "order_date")
         .agg({"amount": "sum", "without_tax": "sum", "order_ts": "max"})
         .selectExpr("channel", "order_date", "`sum(without_tax)` as net", "`max(order_ts)` as last_seen"))
daily.write.mode("overwrite").saveAsTable("gold.channel_daily")
