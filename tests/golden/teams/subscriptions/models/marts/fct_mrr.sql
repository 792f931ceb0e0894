with monthly as (

    select
        account_id,
        month_start,
        sum(monthly_amount) as mrr
    from {{ ref('int_subscription_months') }}
    group by 1, 2

),

changes as (

    select
        account_id,
        month_start,
        mrr,
        lag(mrr) over (partition by account_id order by month_start) as previous_mrr,
        min(month_start) over (partition by account_id)              as first_month
    from monthly

)

select
    account_id,
    month_start,
    mrr,
    mrr - coalesce(previous_mrr, 0) as mrr_change,
    case
        when month_start = first_month then 'new'
        when previous_mrr is null then 'reactivation'
        when mrr > previous_mrr then 'expansion'
        when mrr < previous_mrr then 'contraction'
        else 'retained'
    end as change_type
from changes
