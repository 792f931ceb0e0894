select * from {{ ref('stg_orders') }}
{% for c in dbt_utils.get_column_values(ref('stg_orders'), 'channel') %}
where channel <> '{{ c }}'
{% endfor %
