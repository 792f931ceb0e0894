totals = spark.sql("""
    SELECT c.customer_id,
           (SELECT count(*) FROM silver.events e WHERE e.user_id = c.customer_id) AS events,
           (SELECT sum(e.seconds) FROM silver.events e WHERE e.user_id = c.customer_id) AS seconds
    FROM silver.customers c
""")
totals.write.mode("overwrite").saveAsTable("gold.customer_events")
