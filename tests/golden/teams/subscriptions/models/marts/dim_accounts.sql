with accounts as (
    select * from {{ ref('stg_billing__accounts') }}
),

invoices as (
    select
        account_id,
        min(created_at)                                             as first_invoice_at,
        max(created_at)                                             as last_invoice_at,
        sum(iff(invoice_status = 'paid', invoice_total, 0))         as lifetime_paid
    from {{ ref('stg_billing__invoices') }}
    group by account_id
),

current_plan as (
    select account_id, plan_id
    from {{ ref('stg_billing__subscriptions') }}
    where subscription_status = 'active'
    qualify row_number() over (partition by account_id order by started_on desc, subscription_id) = 1
)

select
    a.account_id,
    a.account_name,
    a.country,
    a.industry,
    p.plan_id                         as current_plan_id,
    i.first_invoice_at,
    i.last_invoice_at,
    coalesce(i.lifetime_paid, 0)      as lifetime_paid
from accounts a
left join invoices i on a.account_id = i.account_id
left join current_plan p on a.account_id = p.account_id
