-- weight: 30
\set product random(50, 200)
SELECT c.id, c.email, c.display_name
FROM shop.customer c
WHERE EXISTS (SELECT 1
              FROM shop.orders o
              JOIN shop.order_line l ON l.order_id = o.id
              WHERE o.customer_id = c.id AND l.product_id = :product
                AND o.channel = 'app' AND o.status <> 'cancelled' AND o.delivered_at >= '2025-01-01 00:00:00+00');
