-- weight: 150
\set month random(1, 6)
\set day random(10, 28)
\set order random(1, 8000)
SELECT id, customer_id, placed_at, status, total_cents
FROM shop.orders
WHERE (placed_at, id) < (timestamptz '2026-0:month-:day', :order)
ORDER BY placed_at DESC, id DESC
LIMIT 50;
