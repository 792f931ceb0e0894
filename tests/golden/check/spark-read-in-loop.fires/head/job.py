for country in countries():
    users = spark.table('silver.users')
    send(users.filter(users.country == country).count())
