-- dialect: tsql
select order_id from orders where status = 'paid'
