import dlt


dlt.create_streaming_table("accounts_all")


@dlt.append_flow(target="accounts_all")
def from_events():
    return dlt.read_stream("account_events")
