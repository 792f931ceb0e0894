import dlt
from pyspark.sql.functions import col, expr

dlt.create_streaming_table(name="accounts_history", comment="every state of an account")
dlt.create_auto_cdc_flow(
    target="accounts_history",
    source="account_events",
    keys=["tenant", "account_id"],
    sequence_by=col("event_no"),
    apply_as_deletes=expr("kind = 'closed'"),
    except_column_list=["event_no", "kind"],
    stored_as_scd_type=2,
)
