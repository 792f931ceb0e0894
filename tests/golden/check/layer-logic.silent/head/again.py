from pyspark.sql import functions as F

spark.read.json("/landing/clicks").withColumn("loaded_at", F.current_timestamp()).dropDuplicates(["click_id"]).write.mode("append").saveAsTable("bronze.clicks_in")
