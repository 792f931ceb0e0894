select
    id                                   as subscription_id,
    account_id,
    plan_id,
    status                               as subscription_status,
    to_date(started)                     as started_on,
    to_date(canceled)                    as canceled_on,
    monthly_amount / 100.0               as monthly_amount
from {{ source('billing', 'subscriptions') }}
