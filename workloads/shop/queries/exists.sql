-- Orders that wait for a payment: an anti join.
-- weight: 25
SELECT o.id, o.customer_id, o.placed_at, o.total_cents
FROM shop.orders o
WHERE o.status = 'placed'
  AND NOT EXISTS (SELECT 1 FROM shop.payment p WHERE p.order_id = o.id);

-- App users to warn about a product that they received: a semi join over two foreign keys.
-- weight: 30
SELECT c.id, c.email, c.display_name
FROM shop.customer c
WHERE EXISTS (SELECT 1
              FROM shop.orders o
              JOIN shop.order_line l ON l.order_id = o.id
              WHERE o.customer_id = c.id AND l.product_id = 150
                AND o.channel = 'app' AND o.status <> 'cancelled' AND o.delivered_at >= '2025-01-01 00:00:00+00');
