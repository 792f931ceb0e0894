{{ config(materialized='table') }}
select customer_id, total, row_number() over (order by total desc) as place
from {{ source('gold', 'customer_totals') }}
where total > 1000
