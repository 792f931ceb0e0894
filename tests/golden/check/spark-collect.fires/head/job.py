from pyspark.sql import functions as F
users = spark.table('silver.users')
for row in users.filter(F.col('country') == 'DE').collect():
    send(row)
frame = users.toPandas()
unknown = spark.table('silver.unsized').toPandas()
