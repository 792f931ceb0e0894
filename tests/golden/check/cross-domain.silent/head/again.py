spark.table("shared_silver.calendar").select("day").write.mode("overwrite").saveAsTable("finance_silver.days")
