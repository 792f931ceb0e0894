users = spark.table('silver.users')
if users.count() == 0:
    raise ValueError('no users')
