{{ config(
    materialized='incremental',
    unique_key='invoice_id',
    cluster_by=['created_on']
) }}

select
    i.invoice_id,
    i.account_id,
    i.subscription_id,
    i.invoice_status,
    i.currency,
    i.invoice_total,
    x.prorated_amount,
    x.regular_amount,
    x.item_count,
    i.created_at,
    i.created_at::date as created_on,
    i.paid_at,
    datediff('day', i.created_at, i.paid_at) as days_to_pay
from {{ ref('stg_billing__invoices') }} i
left join {{ ref('int_invoice_items_summed') }} x on x.invoice_id = i.invoice_id

{% if is_incremental() %}
where i.created_at >= (select dateadd('day', -7, max(created_at)) from {{ this }})
{% endif %}
