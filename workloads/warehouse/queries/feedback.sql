-- The newest opinions on a site that nobody took down: soft delete.
-- weight: 250
SELECT id, stars, posted_at, body
FROM mart.feedback
WHERE site_id = 9 AND deleted_at IS NULL
ORDER BY posted_at DESC
LIMIT 10;

-- Bad opinions without an answer, the newest first.
-- weight: 90
SELECT id, site_id, posted_at, body
FROM mart.feedback
WHERE stars = 1 AND answered_at IS NULL AND deleted_at IS NULL
ORDER BY posted_at DESC
LIMIT 25;

-- What one account wrote.
-- weight: 60
SELECT f.id, s.name, f.stars, f.posted_at
FROM mart.feedback f
JOIN mart.site s ON s.id = f.site_id
WHERE f.account_id = 263
ORDER BY f.posted_at;

-- Who wants a refund: words in a text, in two languages.
-- weight: 20
SELECT id, account_id, posted_at
FROM mart.feedback
WHERE to_tsvector('simple', body) @@ to_tsquery('simple', 'refund') AND language IN ('nl', 'sv')
ORDER BY posted_at DESC
LIMIT 40;

-- Stars by language in one month: a range in no physical order.
-- weight: 25
SELECT language, count(*) AS opinions, avg(stars)::numeric(4, 2) AS stars, count(answered_at) AS answered
FROM mart.feedback
WHERE posted_at >= '2026-05-01 00:00:00+00' AND posted_at < '2026-06-01 00:00:00+00'
GROUP BY language
ORDER BY language;

-- Opinions taken down within a month: a column that is mostly null.
-- weight: 35
SELECT id, site_id, stars, deleted_at
FROM mart.feedback
WHERE deleted_at >= '2026-05-15 00:00:00+00' AND deleted_at < '2026-06-15 00:00:00+00'
ORDER BY deleted_at;

-- Months with their opinions, by an expression over everything.
-- weight: 8
SELECT date_trunc('month', posted_at AT TIME ZONE 'UTC') AS month, count(*) AS opinions, avg(stars)::numeric(4, 2) AS stars
FROM mart.feedback
WHERE date_trunc('month', posted_at AT TIME ZONE 'UTC') IN ('2025-12-01', '2026-01-01')
GROUP BY 1
ORDER BY 1;
