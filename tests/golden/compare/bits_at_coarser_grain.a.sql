SELECT order_date, bit_or(order_id) AS any_bit, bit_xor(order_id) AS odd_bit FROM orders GROUP BY order_date
