from pyspark import pipelines as dp

dp.create_streaming_table("accounts_one")
dp.create_auto_cdc_flow("accounts_one", "account_events", ["account_id"], "event_no")
