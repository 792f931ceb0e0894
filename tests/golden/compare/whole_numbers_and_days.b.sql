select count(*) as n from orders where customer_id >= 11 and order_date <= date '2026-01-31' and order_id >= 3
