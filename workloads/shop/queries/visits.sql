-- What a customer looked at last: equality plus ORDER BY ... LIMIT on a partitioned table.
-- weight: 200
SELECT occurred_at, kind, path
FROM shop.site_event
WHERE customer_id = 3
ORDER BY occurred_at DESC
LIMIT 20;

-- The visits of a week; the partitions' primary keys start with the time.
-- weight: 25
SELECT kind, count(*) AS visits, count(DISTINCT customer_id) AS customers
FROM shop.site_event
WHERE occurred_at >= timestamptz '2026-06-22 00:00:00+00' AND occurred_at < timestamptz '2026-06-29 00:00:00+00'
GROUP BY kind
ORDER BY visits DESC;

-- One session of May; only that partition has an index on the column.
-- weight: 60
SELECT occurred_at, kind, path
FROM shop.site_event
WHERE session_no = 7900 AND occurred_at >= '2026-05-01 00:00:00+00' AND occurred_at < '2026-06-01 00:00:00+00'
ORDER BY occurred_at, id;

-- Visits arrive: an INSERT of several rows into whatever partition it is.
-- weight: 800
INSERT INTO shop.site_event (occurred_at, customer_id, session_no, kind, path)
VALUES ('2026-06-30 11:00:00+00', 17, 999001, 'search', '/search?q=lamp'),
       ('2026-06-30 11:00:09+00', 17, 999001, 'view', '/product/42');
