-- What happened on one day: a time range on an append-only table.
-- weight: 50
SELECT kind, count(*) AS events
FROM shop.order_event
WHERE occurred_at >= '2026-06-28 00:00:00+00' AND occurred_at < '2026-06-29 00:00:00+00'
GROUP BY kind
ORDER BY kind;

-- The history of one order.
-- weight: 70
SELECT occurred_at, kind, detail
FROM shop.order_event
WHERE order_id = 1234
ORDER BY occurred_at, id;
