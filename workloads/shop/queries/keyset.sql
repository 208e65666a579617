-- The next page of all orders, keyset pagination as a row comparison.
-- weight: 150
SELECT id, customer_id, placed_at, status, total_cents
FROM shop.orders
WHERE (placed_at, id) < (timestamptz '2026-05-14 09:30:00+00', 4200)
ORDER BY placed_at DESC, id DESC
LIMIT 50;

-- The same page as many mappers write it: the comparison expanded into OR.
-- weight: 100
SELECT id, customer_id, placed_at, status, total_cents
FROM shop.orders
WHERE placed_at < timestamptz '2026-05-14 09:30:00+00'
   OR (placed_at = timestamptz '2026-05-14 09:30:00+00' AND id < 4200)
ORDER BY placed_at DESC, id DESC
LIMIT 50;
