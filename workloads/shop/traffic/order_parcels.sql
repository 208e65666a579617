-- weight: 250
\set order random(1, 8000)
SELECT id, carrier, tracking_code, shipped_at, delivered_at
FROM shop.shipment
WHERE order_id = :order;
