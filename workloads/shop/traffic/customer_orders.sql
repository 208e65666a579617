-- weight: 900
\set customer random_zipfian(1, 1000, 1.1)
SELECT id, placed_at, status, total_cents
FROM shop.orders
WHERE customer_id = :customer
ORDER BY placed_at DESC
LIMIT 20;
