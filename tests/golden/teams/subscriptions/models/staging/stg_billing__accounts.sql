select
    id             as account_id,
    lower(name)    as account_name,
    country,
    industry,
    created        as created_at
from {{ source('billing', 'accounts') }}
