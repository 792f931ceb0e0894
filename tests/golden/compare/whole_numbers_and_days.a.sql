select count(*) as n from orders where customer_id > 10 and order_date < date '2026-02-01' and (order_id = 3 or order_id > 3)
