-- Shown to the board every Monday.
select
    date_trunc('WEEK', event_date) as week,
    count(distinct user_id)        as active_users
from {{ source('silver', 'events') }}
group by date_trunc('WEEK', event_date)
