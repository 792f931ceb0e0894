-- dialect: mysql
select b.segment, b.customer_id from customers a join customers b on a.segment = b.segment where b.country = 'DE'
