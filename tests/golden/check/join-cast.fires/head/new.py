accounts = spark.table("legacy.accounts")
customers = spark.table("silver.customers")
accounts.join(customers, accounts.customer_id.cast("bigint") == customers.customer_id).select(accounts.account_no, customers.country).write.mode("overwrite").saveAsTable("gold.account_countries")
