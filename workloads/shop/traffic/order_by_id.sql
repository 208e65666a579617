-- weight: 6000
\set order random(1, 8000)
SELECT id, customer_id, status, channel, placed_at, delivered_at, total_cents, note
FROM shop.orders
WHERE id = :order;
