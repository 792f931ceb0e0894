-- dialect: databricks
with paid as (select order_id, amount from orders where status = 'paid') insert overwrite reports.paid select order_id, amount from paid
