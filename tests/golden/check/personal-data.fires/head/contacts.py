from pyspark.sql import functions as F
c = spark.table('silver.customers')
c.select('customer_id', 'email').where(F.col('country') == 'DE').write.mode('overwrite').saveAsTable('gold.german_contacts')
