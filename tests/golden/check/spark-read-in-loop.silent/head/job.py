users = spark.table('silver.users').cache()
for country in countries():
    send(users.filter(users.country == country).count())
for name in ['a', 'b']:
    send(spark.table('silver.' + name).count())
for country in countries():
    send(spark.table('silver.countries').count())
