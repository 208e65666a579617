-- weight: 90
\set customer random_zipfian(1, 1000, 1.1)
SELECT o.id, o.placed_at, p.method, p.state, p.amount_cents, p.paid_at
FROM shop.orders o
JOIN shop.payment p ON p.order_id = o.id
WHERE o.customer_id = :customer
ORDER BY p.paid_at;
