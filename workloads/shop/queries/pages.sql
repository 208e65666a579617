-- The newest orders of one customer: equality plus ORDER BY ... LIMIT.
-- weight: 900
SELECT id, placed_at, status, total_cents
FROM shop.orders
WHERE customer_id = 17
ORDER BY placed_at DESC
LIMIT 20;

-- What a carrier delivered last, undelivered parcels at the end: DESC NULLS LAST.
-- weight: 150
SELECT id, order_id, tracking_code, shipped_at, delivered_at
FROM shop.shipment
WHERE carrier = 'Pedal Express'
ORDER BY delivered_at DESC NULLS LAST
LIMIT 50;

-- The packing list: urgent orders first, among them the oldest first. Mixed direction.
-- weight: 300
SELECT id, customer_id, priority, placed_at, total_cents
FROM shop.orders
WHERE status = 'paid'
ORDER BY priority DESC, placed_at
LIMIT 25;

-- A page of the catalogue; the existing index on category_id is enough.
-- weight: 300
SELECT id, sku, name, price_cents
FROM shop.product
WHERE category_id = 12 AND active
ORDER BY price_cents
LIMIT 24;
