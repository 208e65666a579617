-- weight: 100
-- A driver's server-side statement: prepared, executed twice, closed.
\set order random(1, 8000)
\set other random(1, 8000)
PREPARE status_of (bigint) AS SELECT status, delivered_at FROM shop.orders WHERE id = $1;
EXECUTE status_of (:order);
EXECUTE status_of (:other);
DEALLOCATE status_of;
