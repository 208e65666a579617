-- weight: 60
\set session random(751, 8790)
SELECT occurred_at, kind, path
FROM shop.site_event
WHERE session_no = :session AND occurred_at >= '2026-05-01 00:00:00+00' AND occurred_at < '2026-06-01 00:00:00+00'
ORDER BY occurred_at, id;
