{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['account_id', 'occurred_on']) }}

select
    account_id,
    occurred_on,
    count(*)                                                as events,
    count(distinct user_id)                                 as active_users,
    count_if(event_type = 'report_viewed')                  as reports_viewed
from {{ ref('stg_app__events') }}
where account_id not in (select account_id from {{ ref('internal_accounts') }})
{% if is_incremental() %}
  and occurred_on >= dateadd('day', -3, current_date)
{% endif %}
group by account_id, occurred_on
