SELECT r.order_date, r.revenue, s.parcels
FROM (SELECT order_date, SUM(amount) AS revenue FROM orders WHERE status = 'paid' GROUP BY order_date) r
JOIN (SELECT o.order_date, COUNT(*) AS parcels FROM orders o JOIN shipments s ON s.order_id = o.order_id GROUP BY o.order_date) s ON s.order_date = r.order_date
