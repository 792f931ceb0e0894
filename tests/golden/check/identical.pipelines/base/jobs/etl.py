import dlt


@dlt.table(comment="visits of people")
def clean():
    return spark.table("web.visits").where("not is_bot").select("user_id", "seconds")


@dlt.table(comment="time spent")
def time_spent():
    return dlt.read("clean").groupBy("user_id").agg({"seconds": "sum"}).withColumnRenamed("sum(seconds)", "seconds")
