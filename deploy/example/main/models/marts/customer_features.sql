{{ config(tags=['daily'], meta={'owner': '@dana'}) }}
-- One row per real customer who ever paid: what churn and lifetime value are computed from.
with real_customers as (

    select customer_id, country, segment
    from {{ source('silver', 'customers') }}
    where not is_test

),

orders_of_customers as (

    select
        c.customer_id,
        c.country,
        c.segment,
        o.order_date,
        o.amount
    from {{ ref('stg_paid_orders') }} o
    inner join real_customers c on o.customer_id = c.customer_id

)

select
    customer_id,
    country,
    segment,
    count(*)        as orders,
    sum(amount)     as revenue,
    min(order_date) as first_order_date,
    max(order_date) as last_order_date
from orders_of_customers
group by customer_id, country, segment
