select a.segment, b.customer_id, b.country from customers a join customers b on a.segment = b.segment
