-- The queue of the dispatchers: open faults, the gravest first, among them the oldest. Mixed directions.
-- weight: 350
SELECT id, charger_id, code, severity, opened_at
FROM mart.fault
WHERE status = 'open'
ORDER BY severity DESC, opened_at
LIMIT 30;

-- The history of one charger.
-- weight: 200
SELECT opened_at, closed_at, code, status, description
FROM mart.fault
WHERE charger_id = 88
ORDER BY opened_at DESC
LIMIT 15;

-- What is not closed, by region and age: a column that is mostly not null.
-- weight: 70
SELECT r.name, f.status, count(*) AS faults, min(f.opened_at) AS oldest
FROM mart.fault f
JOIN mart.charger c ON c.id = f.charger_id
JOIN mart.site s ON s.id = c.site_id
JOIN mart.region r ON r.id = s.region_id
WHERE f.closed_at IS NULL
GROUP BY r.name, f.status
ORDER BY r.name, f.status;

-- Work of one technician in a quarter.
-- weight: 55
SELECT f.code, count(*) AS faults, avg(f.closed_at - f.opened_at) AS time, sum(f.cost_cents) AS cents
FROM mart.fault f
WHERE f.technician_id = 27 AND f.opened_at >= '2026-01-01 00:00:00+00' AND f.opened_at < '2026-04-01 00:00:00+00'
GROUP BY f.code
ORDER BY faults DESC, f.code;

-- Teams: technicians under one lead and their costs this year. A self join, then the facts.
-- weight: 20
SELECT lead.name AS lead, t.name, count(f.id) AS faults, coalesce(sum(f.cost_cents), 0) AS cents
FROM mart.technician lead
JOIN mart.technician t ON t.lead_id = lead.id
LEFT JOIN mart.fault f ON f.technician_id = t.id AND f.opened_at >= '2026-01-01 00:00:00+00'
WHERE lead.id = 11
GROUP BY lead.name, t.name
ORDER BY cents DESC, t.name;

-- Injuries: containment of an array, three in a thousand.
-- weight: 45
SELECT id, charger_id, opened_at, labels
FROM mart.fault
WHERE labels @> ARRAY['injury']
ORDER BY opened_at DESC;

-- Replaced main boards by maker: containment of jsonb, then a snowflake.
-- weight: 30
SELECT k.name, count(*) AS boards, sum(f.cost_cents) AS cents
FROM mart.fault f
JOIN mart.charger c ON c.id = f.charger_id
JOIN mart.charger_model m ON m.id = c.model_id
JOIN mart.maker k ON k.id = m.maker_id
WHERE f.detail @> '{"replaced": "main board"}'
GROUP BY k.name
ORDER BY boards DESC, k.name;

-- Reports of smoke: words in a text.
-- weight: 25
SELECT id, charger_id, opened_at, description
FROM mart.fault
WHERE to_tsvector('simple', description) @@ to_tsquery('simple', 'smoke & rain')
ORDER BY opened_at DESC;

-- The same code again within two days at the same charger: a self join on the facts.
-- weight: 12
SELECT a.charger_id, a.code, count(*) AS repeats
FROM mart.fault a
JOIN mart.fault b ON b.charger_id = a.charger_id AND b.code = a.code
                 AND b.opened_at > a.opened_at AND b.opened_at < a.opened_at + interval '2 days'
WHERE a.opened_at >= '2026-05-01 00:00:00+00'
GROUP BY a.charger_id, a.code
ORDER BY repeats DESC, a.charger_id
LIMIT 20;

-- A rare code in the last year with what it cost.
-- weight: 40
SELECT f.code, count(*) AS faults, sum(f.cost_cents) AS cents, max(f.opened_at) AS last
FROM mart.fault f
WHERE f.code IN ('S138', 'C139', 'M109') AND f.opened_at >= '2025-07-01 00:00:00+00'
GROUP BY f.code;

-- Faults by severity, and by maker, in one pass: GROUPING SETS over everything.
-- weight: 3
SELECT f.severity, k.name AS maker, count(*) AS faults, avg(f.cost_cents)::int AS cents
FROM mart.fault f
JOIN mart.charger c ON c.id = f.charger_id
JOIN mart.charger_model m ON m.id = c.model_id
JOIN mart.maker k ON k.id = m.maker_id
GROUP BY GROUPING SETS ((f.severity), (k.name), ())
ORDER BY f.severity, k.name;

-- Chargers with a fault on the day of a charge that a fault stopped: EXISTS between two facts.
-- weight: 15
SELECT ch.charger_id, count(*) AS stops
FROM mart.charge ch
WHERE ch.stop_reason = 'fault' AND ch.day BETWEEN '2026-06-01' AND '2026-06-10'
  AND EXISTS (SELECT FROM mart.fault f
              WHERE f.charger_id = ch.charger_id AND f.opened_at BETWEEN ch.started_at - interval '1 day' AND ch.started_at + interval '1 day')
GROUP BY ch.charger_id
ORDER BY stops DESC, ch.charger_id
LIMIT 20;
