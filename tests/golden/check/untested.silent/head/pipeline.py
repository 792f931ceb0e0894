import dlt
@dlt.table(name='events_clean')
@dlt.expect_or_drop('has_id', 'event_id IS NOT NULL')
def events_clean():
    return spark.readStream.table('raw.events')

@dlt.table(name='events_per_day')
@dlt.expect('counted', 'count > 0')
def events_per_day():
    return spark.read.table('events_clean').groupBy('event_date').count()
