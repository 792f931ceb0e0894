with source as (

    select * from {{ source('billing', 'invoice_items') }}

),

renamed as (

    select
        id                as invoice_item_id,
        invoice_id,
        plan_id,
        description,
        amount / 100.0    as item_amount,
        quantity,
        proration         as is_proration
    from source

)

select * from renamed
