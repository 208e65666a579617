-- weight: 100
\set customer random_zipfian(1, 1000, 1.1)
INSERT INTO shop.session (token, customer_id, client, started_at, last_seen_at)
VALUES (gen_random_uuid(), :customer, 'web/firefox', '2026-06-30 09:00:00+00', '2026-06-30 09:00:00+00');
