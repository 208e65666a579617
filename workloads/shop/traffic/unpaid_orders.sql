-- weight: 25
SELECT o.id, o.customer_id, o.placed_at, o.total_cents
FROM shop.orders o
WHERE o.status = 'placed'
  AND NOT EXISTS (SELECT 1 FROM shop.payment p WHERE p.order_id = o.id);
