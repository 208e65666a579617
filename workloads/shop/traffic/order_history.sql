-- weight: 70
\set order random(1, 8000)
SELECT occurred_at, kind, detail
FROM shop.order_event
WHERE order_id = :order
ORDER BY occurred_at, id;
