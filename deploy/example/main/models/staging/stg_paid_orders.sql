-- Orders that were paid, the only ones that count as revenue.
select
    order_id,
    customer_id,
    order_date,
    channel,
    amount
from {{ source('silver', 'orders') }}
where status = 'paid'
