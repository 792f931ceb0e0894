-- Every line of every paid order with its product and the day it was sold.
select
    o.order_id,
    o.order_date,
    o.channel,
    o.customer_id,
    i.line_number,
    i.product_id,
    p.category,
    i.quantity,
    i.price,
    i.quantity * i.price as line_total
from {{ source('silver', 'orders') }} o
inner join {{ source('silver', 'order_items') }} i on i.order_id = o.order_id
inner join {{ source('silver', 'products') }} p on p.product_id = i.product_id
where o.status = 'paid'
