-- A worker takes the next job: a queue with SKIP LOCKED, served by a partial index.
-- weight: 500
UPDATE shop.job
SET state = 'running', locked_by = 'worker-3', attempts = attempts + 1
WHERE id = (SELECT id
            FROM shop.job
            WHERE state = 'ready' AND run_at <= '2026-06-30 00:00:00+00'
            ORDER BY priority DESC, run_at
            LIMIT 1
            FOR UPDATE SKIP LOCKED)
RETURNING id, kind, payload;

-- The job is done: an UPDATE by primary key.
-- weight: 500
UPDATE shop.job
SET state = 'done', locked_by = NULL, finished_at = '2026-06-30 09:10:00+00'
WHERE id = 1500;

-- New jobs: an INSERT of several rows.
-- weight: 200
INSERT INTO shop.job (kind, priority, run_at, payload)
VALUES ('mail', 0, '2026-06-30 09:15:00+00', '{"order": 17}'),
       ('invoice', 1, '2026-06-30 09:15:00+00', '{"order": 17}'),
       ('stock', 0, '2026-06-30 09:16:00+00', '{"order": 17}');

-- How the jobs of one kind went within a week: a range on rows that lie in its order.
-- weight: 80
SELECT state, count(*) AS jobs, max(attempts) AS attempts, max(finished_at - run_at) AS slowest
FROM shop.job
WHERE kind = 'invoice' AND run_at >= timestamptz '2026-05-11 00:00:00+00'
  AND run_at < timestamptz '2026-05-11 00:00:00+00' + interval '7 days'
GROUP BY state;

-- How many jobs are in which state: reads everything.
-- weight: 4
SELECT state, count(*) AS jobs, sum(attempts) AS attempts, max(finished_at) AS last_finished
FROM shop.job
GROUP BY state
ORDER BY state;
