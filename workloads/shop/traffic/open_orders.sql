-- weight: 160
\set customer random_zipfian(1, 1000, 1.1)
SELECT id, placed_at, status, total_cents, country, delivery_days
FROM shop.open_order
WHERE customer_id = :customer
ORDER BY placed_at;
