select s.shipment_id, o.amount from shipments s join orders o on o.order_id = s.order_id
