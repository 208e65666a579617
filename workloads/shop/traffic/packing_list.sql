-- weight: 300
SELECT id, customer_id, priority, placed_at, total_cents
FROM shop.orders
WHERE status = 'paid'
ORDER BY priority DESC, placed_at
LIMIT 25;
