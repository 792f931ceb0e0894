spark.sql('''
    create or replace table gold.regions_apart as
    select order_id, customer_id, region from silver.orders where region = 'north' and amount > 10
    union
    select order_id, customer_id, region from silver.orders where region = 'south'
''')
open_ones = spark.table("silver.orders").where("status = 'open'").select("order_id", "status", "amount")
paid_ones = spark.table("silver.orders").where("status = 'paid'").select("order_id", "status", "amount")
open_ones.union(paid_ones).distinct().write.mode("overwrite").saveAsTable("gold.open_and_paid")
