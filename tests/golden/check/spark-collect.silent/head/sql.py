total = spark.sql('SELECT max(event_date) AS d FROM silver.events').collect()[0].d
per_user = spark.sql('SELECT user_id, count(*) AS n FROM silver.events GROUP BY user_id').toPandas()
listed = spark.sql('SHOW TABLES IN silver').filter("tableName = 'x'").count() == 1
