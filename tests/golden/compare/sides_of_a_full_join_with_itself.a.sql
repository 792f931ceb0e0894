-- dialect: postgres
select x.status from orders x full join orders y on x.order_id = y.customer_id
