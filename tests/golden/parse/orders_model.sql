{{ config(materialized='incremental', unique_key='order_id') }}
{% set kinds = ['web', 'shop'] %}
select
    order_id,
    {% for kind in kinds %}
    sum(case when channel = '{{ kind }}' then amount end) as {{ kind }}_amount,
    {% endfor %}
    count(*) as lines
from {{ ref('stg_orders') }}
{% if is_incremental() %}
where updated_at > (select max(updated_at) from {{ this }})
{% endif %}
group by order_id
