-- weight: 25
\set month random(1, 6)
\set day random(10, 22)
SELECT kind, count(*) AS visits, count(DISTINCT customer_id) AS customers
FROM shop.site_event
WHERE occurred_at >= timestamptz '2026-0:month-:day'
  AND occurred_at < timestamptz '2026-0:month-:day' + interval '7 days'
GROUP BY kind
ORDER BY visits DESC;
