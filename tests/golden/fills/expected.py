import dlt


@dlt.table(name="accounts_good")
@dlt.expect_or_drop("has_id", "account_id IS NOT NULL")
@dlt.expect("late", "opened_on < current_date()")
def good():
    return spark.readStream.table("account_events")
