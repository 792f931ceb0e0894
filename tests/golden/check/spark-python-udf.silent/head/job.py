from pyspark.sql import functions as F
@F.udf('string')
def parse(s):
    head, _, tail = s.partition(':')
    return my_parser(tail) if head else None
spark.table('silver.countries').withColumn('name', F.upper(parse('name'))).write.saveAsTable('silver.countries_loud')
