{{ config(materialized='table') }}

with recursive months as (
    select date '2019-01-01' as month_start
    union all
    select dateadd(month, 1, month_start) from months
    where month_start < date_trunc('month', current_date)
)
select month_start, last_day(month_start) as month_end from months
