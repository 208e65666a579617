-- weight: 2
DELETE FROM shop.session
WHERE last_seen_at < timestamptz '2026-06-30 00:00:00+00' - interval '28 days';
