# Databricks notebook source
# MAGIC %md
# MAGIC ## Baskets: what sells through which channel

# COMMAND ----------

baskets = spark.sql("""
    SELECT p.category, o.channel, sum(i.quantity * i.price) AS sold
    FROM silver.products p
    JOIN silver.order_items i ON i.product_id = p.product_id
    JOIN silver.orders o ON o.order_id = i.order_id AND o.status = 'paid'
    GROUP BY p.category, o.channel
""")

# COMMAND ----------

baskets.write.mode("overwrite").saveAsTable("ds.baskets_by_channel")
