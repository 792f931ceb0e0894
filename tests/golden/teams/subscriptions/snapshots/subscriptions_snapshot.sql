{% snapshot subscriptions_snapshot %}
{{ config(target_schema='snapshots', unique_key='id', strategy='timestamp', updated_at='_fivetran_synced') }}
select * from {{ source('billing', 'subscriptions') }}
{% endsnapshot %}
