insert overwrite reports.paid with p as (select order_id, amount from orders where status = 'paid') select order_id, amount from p
