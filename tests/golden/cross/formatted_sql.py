START, END = "2024-01-01", "2024-03-31"
schema = "sales"
query = f"""
    SELECT channel, count(distinct customer_id) AS customers
    FROM {schema}.orders
    WHERE order_date >= DATE '{START}' AND order_date <= DATE '{END}'
    GROUP BY 1
"""
spark.sql(query).write.mode("overwrite").saveAsTable("gold.{}_reach".format(schema))
