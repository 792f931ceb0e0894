{{ config(tags=['daily'], meta={'owner': '@dana'}) }}
-- One row per real customer who ever paid: what churn and lifetime value are computed from.
with paid_orders as (

    select order_id, customer_id, order_date, amount
    from {{ source('silver', 'orders') }}
    where status = 'paid'

),

real_customers as (

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
    from paid_orders o
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
