-- weight: 60
\set product random_zipfian(1, 200, 1.1)
\set month random(1, 6)
\set day random(10, 28)
SELECT o.id, o.customer_id, o.placed_at, l.quantity, l.unit_cents
FROM shop.order_line l
JOIN shop.orders o ON o.id = l.order_id
WHERE l.product_id = :product AND o.placed_at >= '2026-0:month-:day'
ORDER BY o.placed_at DESC;
