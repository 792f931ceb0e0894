SELECT amount - discount AS net, order_id FROM orders WHERE amount - discount > 10
