select order_id, cast(status as bignumeric) as n from orders
