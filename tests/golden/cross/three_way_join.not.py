import pyspark.sql.functions as F

o = spark.table("sales.orders").filter("status = 'complete'")
i = spark.table("sales.order_items")
p = spark.table("sales.products")
c = spark.table("sales.customers").filter("not is_test")

# the country of the order, not of the customer
units = (o.join(i, o.order_id == i.order_id)
          .join(p, p.product_id == i.product_id)
          .join(c, c.customer_id == o.customer_id)
          .groupBy(o.country, p.category)
          .agg(F.sum(i.quantity).alias("units")))
units.write.mode("overwrite").saveAsTable("gold.units")
