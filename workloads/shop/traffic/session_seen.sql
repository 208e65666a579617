-- weight: 3000
-- HOT again; sessions that began lately are seen most.
\set back random_exponential(0, 1499, 5)
\set number 1500 - :back
\set hour random(10, 23)
UPDATE shop.session
SET last_seen_at = '2026-06-30 :hour:00:00+00', requests = requests + 1
WHERE token = md5('session:number')::uuid;
