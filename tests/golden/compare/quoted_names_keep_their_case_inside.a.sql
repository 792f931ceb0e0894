-- dialect: postgres
select q."Id" from (select order_id as "Id", customer_id as id from orders) q
