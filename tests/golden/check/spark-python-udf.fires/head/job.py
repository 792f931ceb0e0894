from pyspark.sql import functions as F
@F.udf('string')
def shout(s):
    return s.upper()
spark.table('silver.countries').withColumn('name', shout('name')).write.saveAsTable('silver.countries_loud')
