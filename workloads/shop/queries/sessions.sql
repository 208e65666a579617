-- Every request of a session: an UPDATE that stays HOT.
-- weight: 3000
UPDATE shop.session
SET last_seen_at = '2026-06-30 09:00:00+00', requests = requests + 1
WHERE token = '5ed05397-b5f1-04a4-3938-8f7159769ed4';

-- Customers with many sessions, from the first: grouped in the order of an index, LIMIT stops early.
-- weight: 100
SELECT customer_id, count(*) AS sessions, max(last_seen_at) AS last_seen_at
FROM shop.session
GROUP BY customer_id
HAVING count(*) > 3
ORDER BY customer_id
LIMIT 50;

-- Sessions that ended long ago go away; an index on last_seen_at would end HOT.
-- weight: 2
DELETE FROM shop.session
WHERE last_seen_at < timestamptz '2026-06-02 00:00:00+00';
