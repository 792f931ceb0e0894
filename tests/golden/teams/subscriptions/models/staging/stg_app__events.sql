{{ config(materialized='view') }}

select
    event_id,
    account_id,
    user_id,
    event_type,
    occurred_at,
    occurred_at::date as occurred_on
from {{ source('app', 'events') }}
