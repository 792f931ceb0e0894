with source as (

    select * from {{ source('billing', 'invoices') }}

),

renamed as (

    select
        id                                    as invoice_id,
        account_id,
        subscription_id,
        status                                as invoice_status,
        currency,
        total / 100.0                         as invoice_total,
        to_timestamp_ntz(created)             as created_at,
        to_timestamp_ntz(paid_at)             as paid_at,
        _fivetran_deleted                     as is_deleted
    from source
    where not coalesce(_fivetran_deleted, false)

)

select * from renamed
