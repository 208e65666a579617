-- The last charges of one card: equality plus ORDER BY ... LIMIT.
-- weight: 400
SELECT id, started_at, site_id, watt_hours, cents
FROM mart.charge
WHERE card_id = 1917
ORDER BY started_at DESC
LIMIT 20;

-- What an account spent by month, through its cards.
-- weight: 120
SELECT date_trunc('month', ch.started_at AT TIME ZONE 'UTC') AS month, count(*) AS charges,
       sum(ch.watt_hours) / 1000 AS kwh, sum(ch.cents) AS cents
FROM mart.card ca
JOIN mart.charge ch ON ch.card_id = ca.id
WHERE ca.account_id = 812
GROUP BY 1
ORDER BY 1;

-- One day at one charger: two equalities, both selective together only.
-- weight: 150
SELECT started_at, minutes, watt_hours, stop_reason
FROM mart.charge
WHERE charger_id = 2 AND day = '2026-05-12'
ORDER BY started_at;

-- The charges that nobody has billed yet, the oldest first: a rare state.
-- weight: 200
SELECT id, started_at, site_id, card_id, cents
FROM mart.charge
WHERE state = 'open'
ORDER BY started_at
LIMIT 100;

-- Disputed charges of a quarter by tariff: a rare state and a range of dates.
-- weight: 40
SELECT t.name, t.band, count(*) AS disputes, sum(ch.cents) AS cents, min(ch.day) AS first, max(ch.day) AS last
FROM mart.charge ch
JOIN mart.tariff t ON t.id = ch.tariff_id
WHERE ch.state = 'disputed' AND ch.day BETWEEN '2025-10-01' AND '2025-12-31'
GROUP BY t.name, t.band
ORDER BY disputes DESC, t.name;

-- Revenue of one week by region and plug: a range of times that stand in physical order, and two snowflakes.
-- weight: 25
SELECT r.name AS region, m.plug, count(*) AS charges, sum(ch.cents) AS cents
FROM mart.charge ch
JOIN mart.charger c ON c.id = ch.charger_id
JOIN mart.charger_model m ON m.id = c.model_id
JOIN mart.site s ON s.id = ch.site_id
JOIN mart.region r ON r.id = s.region_id
WHERE ch.started_at >= '2026-06-01 00:00:00+00' AND ch.started_at < '2026-06-08 00:00:00+00'
GROUP BY r.name, m.plug
ORDER BY cents DESC;

-- The longest charges of a month: a range and top-N by another column.
-- weight: 35
SELECT id, charger_id, minutes, watt_hours
FROM mart.charge
WHERE day >= '2026-03-01' AND day < '2026-04-01'
ORDER BY minutes DESC, id
LIMIT 25;

-- The five dearest charges ever at any site.
-- weight: 30
SELECT id, site_id, started_at, cents
FROM mart.charge
ORDER BY cents DESC
LIMIT 5;

-- Emergency stops of the last half year with the place and the maker: a value of two in a thousand.
-- weight: 60
SELECT ch.started_at, s.name AS site, ci.name AS city, k.name AS maker, c.serial
FROM mart.charge ch
JOIN mart.charger c ON c.id = ch.charger_id
JOIN mart.charger_model m ON m.id = c.model_id
JOIN mart.maker k ON k.id = m.maker_id
JOIN mart.site s ON s.id = c.site_id
JOIN mart.city ci ON ci.id = s.city_id
WHERE ch.stop_reason = 'emergency' AND ch.started_at >= '2026-01-01 00:00:00+00'
ORDER BY ch.started_at DESC;

-- First and last charge of a site: min and max.
-- weight: 90
SELECT min(started_at) AS first, max(started_at) AS last
FROM mart.charge
WHERE site_id = 31;

-- Charges paid on the spot on one evening: a column that is null, and an hour.
-- weight: 45
SELECT site_id, count(*) AS charges, sum(cents) AS cents
FROM mart.charge
WHERE card_id IS NULL AND started_at >= '2026-04-30 17:00:00+00' AND started_at < '2026-04-30 23:00:00+00'
GROUP BY site_id
ORDER BY charges DESC, site_id;

-- Suspicious: very much energy for no money. Two ranges.
-- weight: 30
SELECT id, started_at, charger_id, watt_hours, cents
FROM mart.charge
WHERE watt_hours > 59000 AND cents < 1900
ORDER BY watt_hours DESC;

-- A list of chargers over one month: IN list and a range.
-- weight: 70
SELECT charger_id, count(*) AS charges, sum(minutes) AS minutes, avg(watt_hours)::int AS watt_hours
FROM mart.charge
WHERE charger_id IN (12, 48, 97, 133, 201, 260, 344, 391) AND day BETWEEN '2026-02-01' AND '2026-02-28'
GROUP BY charger_id;
