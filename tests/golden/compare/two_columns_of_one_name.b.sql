select * from (select * from orders where customer_id >= 0) o left join shipments s on o.order_id = s.order_id where s.order_id = 2
