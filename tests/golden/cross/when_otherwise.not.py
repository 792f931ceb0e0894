import pyspark.sql.functions as f

segment = (f.when(f.col("segment").isNull(), "unknown")
            .when(f.col("segment") == "ent", f.lit("enterprise")))
customers = spark.table("sales.customers").where(f.col("is_test") == False)
customers.select("customer_id", segment.alias("segment"),
                 (f.col("signup_date") >= f.lit("2023-01-01").cast("date")).alias("is_new")) \
    .write.mode("overwrite").saveAsTable("silver.segments")
