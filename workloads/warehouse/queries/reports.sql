-- Charges by tariff band and family over the whole life: reads everything. No index can help.
-- weight: 1
SELECT t.band, f.name, count(*) AS charges, sum(ch.cents) AS cents, avg(ch.minutes)::int AS minutes
FROM mart.charge ch
JOIN mart.tariff t ON t.id = ch.tariff_id
JOIN mart.tariff_family f ON f.id = t.family_id
WHERE ch.state = 'billed'
GROUP BY t.band, f.name
ORDER BY cents DESC;

-- Drivers of one brand in one region in the last quarter: five joins, a CTE.
-- weight: 12
WITH cars AS (
    SELECT ca.id AS card_id, v.name AS model
    FROM mart.vehicle_model v
    JOIN mart.card ca ON ca.vehicle_model_id = v.id
    WHERE v.brand = 'Juniper' AND ca.blocked_at IS NULL)
SELECT cars.model, ci.name AS city, count(*) AS charges, sum(ch.watt_hours) / 1000 AS kwh
FROM cars
JOIN mart.charge ch ON ch.card_id = cars.card_id
JOIN mart.site s ON s.id = ch.site_id
JOIN mart.city ci ON ci.id = s.city_id
JOIN mart.region r ON r.id = ci.region_id
WHERE r.name = 'Brunholm' AND ch.day >= '2026-04-01'
GROUP BY cars.model, ci.name
ORDER BY charges DESC, cars.model, ci.name
LIMIT 30;

-- The best sites of each region in one week by money: rank over an aggregate.
-- weight: 10
SELECT region, site, cents
FROM (SELECT r.name AS region, s.name AS site, sum(ch.cents) AS cents,
             rank() OVER (PARTITION BY r.id ORDER BY sum(ch.cents) DESC) AS place
      FROM mart.charge ch
      JOIN mart.site s ON s.id = ch.site_id
      JOIN mart.region r ON r.id = s.region_id
      WHERE ch.day BETWEEN '2026-06-15' AND '2026-06-21'
      GROUP BY r.id, r.name, s.id, s.name) AS ranked
WHERE place <= 2
ORDER BY region, place, site;

-- One account from all sides: four facts by one key, a UNION ALL.
-- weight: 80
SELECT 'card' AS what, issued_on AS day, code AS detail FROM mart.card WHERE account_id = 350
UNION ALL
SELECT 'bill', billed_on, kind FROM mart.invoice_line WHERE account_id = 350 AND billed_on >= '2026-01-01'
UNION ALL
SELECT 'opinion', posted_at::date, stars::text FROM mart.feedback WHERE account_id = 350
ORDER BY day DESC;

-- Night charges of a region's depots in one month: an expression of the time, and a correlated pair of columns.
-- weight: 10
SELECT s.id, s.name, count(*) AS charges, sum(ch.watt_hours) / 1000 AS kwh
FROM mart.site s
JOIN mart.charge ch ON ch.site_id = s.id
WHERE s.kind = 'depot' AND s.region_id = 1 AND ch.day BETWEEN '2026-01-01' AND '2026-01-31'
  AND extract(hour FROM ch.started_at AT TIME ZONE 'UTC') < 5
GROUP BY s.id, s.name
ORDER BY charges DESC, s.id
LIMIT 25;

-- Sites and their opinions, faults and charges of June side by side: three scalar subqueries a row.
-- weight: 10
SELECT s.id, s.name,
       (SELECT count(*) FROM mart.charge ch WHERE ch.site_id = s.id AND ch.day >= '2026-06-01') AS charges,
       (SELECT count(*) FROM mart.fault f JOIN mart.charger c ON c.id = f.charger_id
        WHERE c.site_id = s.id AND f.opened_at >= '2026-06-01 00:00:00+00') AS faults,
       (SELECT avg(fb.stars)::numeric(4, 2) FROM mart.feedback fb WHERE fb.site_id = s.id AND fb.deleted_at IS NULL) AS stars
FROM mart.site s
WHERE s.id IN (3, 9, 27, 81)
ORDER BY s.id;

-- Cards used in three regions on one day: HAVING with a distinct count.
-- weight: 20
SELECT ch.card_id, count(DISTINCT s.region_id) AS regions, count(*) AS charges
FROM mart.charge ch
JOIN mart.site s ON s.id = ch.site_id
WHERE ch.day = '2026-06-18' AND ch.card_id IS NOT NULL
GROUP BY ch.card_id
HAVING count(DISTINCT s.region_id) >= 3
ORDER BY charges DESC, ch.card_id;

-- Which postcode areas a maker's chargers stand in: DISTINCT through a snowflake.
-- weight: 25
SELECT DISTINCT ci.postcode_area
FROM mart.maker k
JOIN mart.charger_model m ON m.maker_id = k.id
JOIN mart.charger c ON c.model_id = m.id
JOIN mart.site s ON s.id = c.site_id
JOIN mart.city ci ON ci.id = s.city_id
WHERE k.name = 'Voltano' AND c.status = 'live'
ORDER BY ci.postcode_area;

-- Models that no live charger has: an anti join from a small table.
-- weight: 15
SELECT m.id, m.name, m.launched_on
FROM mart.charger_model m
WHERE m.launched_on >= '2023-01-01'
  AND NOT EXISTS (SELECT FROM mart.charger c WHERE c.model_id = m.id AND c.installed_on >= '2026-05-01')
ORDER BY m.id;

-- Regular guests: cards seen at one site in both of two quarters. INTERSECT.
-- weight: 30
SELECT card_id FROM mart.charge WHERE site_id = 1 AND card_id > 0 AND day BETWEEN '2026-01-01' AND '2026-03-31'
INTERSECT
SELECT card_id FROM mart.charge WHERE site_id = 1 AND card_id > 0 AND day BETWEEN '2026-04-01' AND '2026-06-30'
ORDER BY card_id;

-- Share of each plug in each season of one year: FILTER and a ratio over a year of charges.
-- weight: 3
SELECT d.season, count(*) AS charges,
       round(100.0 * count(*) FILTER (WHERE m.plug = 'type 2') / count(*), 1) AS slow_percent,
       round(100.0 * count(*) FILTER (WHERE m.plug = 'combined') / count(*), 1) AS fast_percent
FROM mart.charge ch
JOIN mart.day d ON d.day = ch.day
JOIN mart.charger c ON c.id = ch.charger_id
JOIN mart.charger_model m ON m.id = c.model_id
WHERE d.year = 2025
GROUP BY d.season
ORDER BY d.season;
