-- The open orders of one customer, through a view over three tables.
-- weight: 160
SELECT id, placed_at, status, total_cents, country, delivery_days
FROM shop.open_order
WHERE customer_id = 21
ORDER BY placed_at;
