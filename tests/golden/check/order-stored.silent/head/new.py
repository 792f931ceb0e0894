display(spark.table("silver.orders").select("order_id", "region").orderBy("region"))
