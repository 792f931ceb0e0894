from pyspark.sql.functions import col

people = spark.table("hr.employees")
e, m = people.alias("e"), people.alias("m")
pairs = e.join(m, col("e.manager_id") == col("m.employee_id"))
pairs.select("e.employee_id", "e.department", col("m.employee_id").alias("boss"),
             (col("e.salary") - col("m.salary")).alias("gap")).write.mode("overwrite").saveAsTable("hr.gaps")
