from pyspark.sql.functions import expr

orders = spark.table("sales.orders")
sized = orders.select(
    "order_id",
    expr("case when amount > 100 then 'large' when amount >= 20 then 'medium' else 'small' end as size"),
    expr("year(order_date) * 100 + month(order_date)").alias("period"),
)
sized.write.saveAsTable("silver.order_sizes", mode="overwrite")
