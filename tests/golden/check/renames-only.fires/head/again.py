spark.table("silver.customers").write.format("delta").mode("overwrite").saveAsTable("gold.customers_again")
