-- weight: 150
SELECT id, order_id, tracking_code, shipped_at, delivered_at
FROM shop.shipment
WHERE carrier = 'Pedal Express'
ORDER BY delivered_at DESC NULLS LAST
LIMIT 50;
