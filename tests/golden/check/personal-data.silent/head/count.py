from pyspark.sql import functions as F
c = spark.table('silver.customers')
c.groupBy('country').agg(F.count_distinct('email').alias('customers')).write.mode('overwrite').saveAsTable('gold.german_contacts')
