SELECT o.order_date, COUNT(s.shipment_id) AS parcels FROM orders o LEFT JOIN shipments s ON s.order_id = o.order_id GROUP BY o.order_date
