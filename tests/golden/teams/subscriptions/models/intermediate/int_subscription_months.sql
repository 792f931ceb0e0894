-- one row per subscription and month in which it was active
select
    s.subscription_id,
    s.account_id,
    s.plan_id,
    m.month_start,
    s.monthly_amount
from {{ ref('stg_billing__subscriptions') }} s
join {{ ref('int_months') }} m
    on m.month_start >= date_trunc('month', s.started_on)
    and (s.canceled_on is null or m.month_start < date_trunc('month', s.canceled_on))
where s.subscription_status != 'incomplete'
