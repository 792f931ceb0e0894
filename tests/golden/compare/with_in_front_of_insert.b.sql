with paid as (select order_id, amount from orders where status = 'open') insert overwrite reports.paid select order_id, amount from paid
