spark.table("silver.orders").groupBy("region").count().write.mode("overwrite").saveAsTable("gold.also_nameless")
