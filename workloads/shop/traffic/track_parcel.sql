-- weight: 700
\set parcel random(1, 7000)
SELECT id, order_id, carrier, shipped_at, delivered_at
FROM shop.shipment
WHERE tracking_code = upper(substr(md5('parcel:parcel'), 1, 16));
