from pyspark.sql import functions as F

from common.spark_session import get_spark

spark = get_spark("contract_features")

customers = spark.table("telco.silver.customers")
contracts = spark.table("telco.silver.contracts")
tickets = spark.table("telco.silver.support_tickets")

open_contract = contracts.where("ended_on IS NULL")

tickets_90d = (
    tickets.where(F.col("opened_on") >= F.date_sub(F.current_date(), 90))
    .groupBy("customer_id")
    .agg(F.count("ticket_id").alias("tickets_90d"), F.avg("hours_to_close").alias("avg_hours_to_close"))
)

features = (
    customers.join(open_contract, "customer_id", "left")
    .join(tickets_90d, "customer_id", "left")
    .select(
        "customer_id",
        F.months_between(F.current_date(), "joined_on").alias("tenure_months"),
        F.col("monthly_fee"),
        F.datediff("binding_until", F.current_date()).alias("days_of_binding"),
        F.coalesce("tickets_90d", F.lit(0)).alias("tickets_90d"),
        "avg_hours_to_close",
    )
)

features.write.mode("overwrite").saveAsTable("telco.ml.contract_features")
