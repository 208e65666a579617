-- weight: 500
-- A worker takes a job that nobody else holds, and is done with it in a second transaction.
\set worker random(1, 8)
\set job 0
BEGIN;
SELECT id AS job
FROM shop.job
WHERE state = 'ready' AND run_at <= '2026-07-01 00:00:00+00'
ORDER BY priority DESC, run_at
LIMIT 1
FOR UPDATE SKIP LOCKED \aset
\if :job > 0
UPDATE shop.job
SET state = 'running', locked_by = 'worker-:worker', attempts = attempts + 1
WHERE id = :job;
\endif
COMMIT;
\if :job > 0
UPDATE shop.job
SET state = 'done', locked_by = NULL, finished_at = '2026-06-30 09:10:00+00'
WHERE id = :job;
\endif
