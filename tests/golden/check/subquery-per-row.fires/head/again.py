spark.sql('''
  CREATE OR REPLACE TABLE gold.user_first_last AS
  SELECT c.customer_id,
    (SELECT min(e.happened_at) FROM silver.events e WHERE e.user_id = c.customer_id) AS first_seen,
    (SELECT max(e.happened_at) FROM silver.events e WHERE e.user_id = c.customer_id) AS last_seen
  FROM silver.customers c
''')
