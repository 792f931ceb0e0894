select
    invoice_id,
    sum(case when is_proration then item_amount else 0 end)      as prorated_amount,
    sum(case when not is_proration then item_amount else 0 end)  as regular_amount,
    count(*)                                                     as item_count
from {{ ref('stg_billing__invoice_items') }}
group by 1
