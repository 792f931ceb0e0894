from pyspark.sql.functions import broadcast, col

spark.table("silver.users").alias("u").join(broadcast(spark.table("silver.events").where("name = 'buy'")).alias("e"), col("u.user_id") == col("e.user_id")).select("u.user_id", "e.event_id").write.mode("overwrite").saveAsTable("gold.buys")
spark.table("silver.countries").join(spark.table("silver.users").hint("broadcast"), col("code") == col("country")).select("code", "user_id").write.mode("overwrite").saveAsTable("gold.code_users")
