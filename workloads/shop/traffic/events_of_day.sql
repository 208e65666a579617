-- weight: 50
\set month random(1, 6)
\set day random(10, 27)
\set next :day + 1
SELECT kind, count(*) AS events
FROM shop.order_event
WHERE occurred_at >= '2026-0:month-:day' AND occurred_at < '2026-0:month-:next'
GROUP BY kind
ORDER BY kind;
