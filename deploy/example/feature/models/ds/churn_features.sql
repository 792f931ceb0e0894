-- Input of the churn model for Germany: what each customer has spent and when we last heard of them.
select
    cust.customer_id,
    cust.segment,
    max(ord.order_date) as last_seen,
    count(1)            as order_count,
    sum(ord.amount)     as lifetime_value
from (
    select * from {{ source('silver', 'customers') }} where is_test = false
) cust
inner join {{ source('silver', 'orders') }} ord
    on ord.customer_id = cust.customer_id
where 'paid' = ord.status
    and cust.country = 'DE'
group by cust.customer_id, cust.segment, cust.country
