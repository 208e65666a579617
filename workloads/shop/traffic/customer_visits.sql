-- weight: 200
\set customer random_zipfian(1, 1000, 1.1)
SELECT occurred_at, kind, path
FROM shop.site_event
WHERE customer_id = :customer
ORDER BY occurred_at DESC
LIMIT 20;
