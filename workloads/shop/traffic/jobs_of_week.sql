-- weight: 80
\set month random(1, 6)
\set day random(10, 20)
SELECT state, count(*) AS jobs, max(attempts) AS attempts, max(finished_at - run_at) AS slowest
FROM shop.job
WHERE kind = 'invoice' AND run_at >= timestamptz '2026-0:month-:day'
  AND run_at < timestamptz '2026-0:month-:day' + interval '7 days'
GROUP BY state;
