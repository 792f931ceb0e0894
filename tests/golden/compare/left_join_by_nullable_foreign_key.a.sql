select s.shipment_id, o.amount from shipments s left join orders o on o.order_id = s.return_of
