-- dialect: postgres
select kind, count(*) as n from (select abs(customer_id) as kind from orders where customer_id = 7) q where kind is not null group by kind
