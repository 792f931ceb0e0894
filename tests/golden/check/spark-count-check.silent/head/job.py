users = spark.table('silver.users')
n = users.count()
log(n)
if users.isEmpty():
    raise ValueError('no users')
if spark.table('silver.countries').count() > 0:
    log('there are countries')
