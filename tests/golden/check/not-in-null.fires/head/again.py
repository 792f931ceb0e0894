spark.sql("select customer_id from silver.customers where customer_id not in (select user_id from silver.events where happened_at > '2026-01-01')").write.mode("overwrite").saveAsTable("gold.quiet")
spark.sql('''
  CREATE OR REPLACE TABLE gold.unreferred AS
  WITH refs AS (SELECT referred_by FROM silver.customers WHERE country = 'NL')
  SELECT customer_id FROM silver.customers WHERE customer_id NOT IN (SELECT referred_by FROM refs)
''')
