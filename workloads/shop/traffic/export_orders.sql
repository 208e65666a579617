-- weight: 5
-- An export reads with a cursor and stops after two hundred rows.
\set month random(1, 6)
BEGIN;
DECLARE export CURSOR FOR
SELECT id, customer_id, status, placed_at, total_cents
FROM shop.orders
WHERE placed_at >= date '2026-0:month-01'
ORDER BY placed_at;
FETCH FORWARD 100 FROM export;
FETCH FORWARD 100 FROM export;
CLOSE export;
COMMIT;
