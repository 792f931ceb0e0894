SELECT order_id, 0 AS refund FROM sales.returns
