-- weight: 200
-- Two or three rows in one INSERT.
\set order random(1, 8000)
\set hour random(10, 23)
\set many random(1, 2)
\if :many = 1
INSERT INTO shop.job (kind, priority, run_at, payload)
VALUES ('mail', 0, '2026-06-30 :hour:00:00+00', '{"order": :order}'),
       ('invoice', 1, '2026-06-30 :hour:00:00+00', '{"order": :order}'),
       ('stock', 0, '2026-06-30 :hour:00:30+00', '{"order": :order}');
\else
INSERT INTO shop.job (kind, priority, run_at, payload)
VALUES ('mail', 0, '2026-06-30 :hour:00:00+00', '{"order": :order}'),
       ('label', 2, '2026-06-30 :hour:00:00+00', '{"order": :order}');
\endif
