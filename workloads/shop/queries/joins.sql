-- Who bought a product lately: the join finds order lines by a foreign key without an index.
-- weight: 60
SELECT o.id, o.customer_id, o.placed_at, l.quantity, l.unit_cents
FROM shop.order_line l
JOIN shop.orders o ON o.id = l.order_id
WHERE l.product_id = 42 AND o.placed_at >= '2026-04-01 00:00:00+00'
ORDER BY o.placed_at DESC;

-- The payments of a customer, through orders: two foreign keys without an index.
-- weight: 90
SELECT o.id, o.placed_at, p.method, p.state, p.amount_cents, p.paid_at
FROM shop.orders o
JOIN shop.payment p ON p.order_id = o.id
WHERE o.customer_id = 23
ORDER BY p.paid_at;

-- How often a few products were sold: an IN list on a foreign key without an index.
-- weight: 40
SELECT product_id, count(*) AS times, sum(quantity) AS pieces, sum(discount_cents) AS discount_cents
FROM shop.order_line
WHERE product_id IN (57, 99, 143, 180)
GROUP BY product_id;
