-- weight: 4
SELECT state, count(*) AS jobs, sum(attempts) AS attempts, max(finished_at) AS last_finished
FROM shop.job
GROUP BY state
ORDER BY state;
