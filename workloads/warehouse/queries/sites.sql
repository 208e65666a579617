-- A site by its code, with city and region.
-- weight: 300
SELECT s.id, s.name, s.kind, s.bays, c.name AS city, r.name AS region
FROM mart.site s
JOIN mart.city c ON c.id = s.city_id
JOIN mart.region r ON r.id = c.region_id
WHERE s.code = 'S-G085-00004';

-- Chargers of one city with their models: a city by name, the existing index from sites to chargers.
-- weight: 80
SELECT s.name AS site, c.serial, m.name AS model, m.power_kw, c.status
FROM mart.city ci
JOIN mart.site s ON s.city_id = ci.id
JOIN mart.charger c ON c.site_id = s.id
JOIN mart.charger_model m ON m.id = c.model_id
WHERE ci.name = 'Fenstead'
ORDER BY s.name, c.serial;

-- A charger by the beginning of its serial number: LIKE with a prefix.
-- weight: 120
SELECT id, serial, site_id, firmware, status
FROM mart.charger
WHERE serial LIKE 'FAR-004-%'
ORDER BY serial;

-- Chargers that are down or recalled at motorway sites: rare values of two tables.
-- weight: 70
SELECT r.name AS region, count(*) AS chargers, min(c.inspected_on) AS longest_ago
FROM mart.charger c
JOIN mart.site s ON s.id = c.site_id
JOIN mart.region r ON r.id = s.region_id
WHERE c.status IN ('down', 'recalled') AND s.kind = 'motorway'
GROUP BY r.name
ORDER BY chargers DESC;

-- Live chargers that were never inspected, the oldest first: IS NULL.
-- weight: 50
SELECT id, serial, installed_on
FROM mart.charger
WHERE inspected_on IS NULL AND status = 'live'
ORDER BY installed_on
LIMIT 40;

-- Sites with a playground and a cafe: containment of an array.
-- weight: 40
SELECT id, name, amenities
FROM mart.site
WHERE amenities @> ARRAY['playground', 'lighting'] AND closed_on IS NULL
ORDER BY name;

-- Chargers of models that feed back into the grid: containment of jsonb, then a join.
-- weight: 30
SELECT m.name AS model, k.name AS maker, count(*) AS chargers
FROM mart.charger_model m
JOIN mart.maker k ON k.id = m.maker_id
JOIN mart.charger c ON c.model_id = m.id
WHERE m.spec @> '{"bidirectional": true}' AND c.status = 'live'
GROUP BY m.name, k.name
ORDER BY chargers DESC, model;

-- Sites of a region that had no charge in the last week: NOT EXISTS.
-- weight: 35
SELECT s.id, s.name
FROM mart.site s
WHERE s.region_id = 12 AND s.closed_on IS NULL
  AND NOT EXISTS (SELECT FROM mart.charge ch WHERE ch.site_id = s.id AND ch.day >= '2026-06-22')
ORDER BY s.id;

-- The last three charges of each of some sites: LATERAL with a limit.
-- weight: 60
SELECT s.id, s.name, l.started_at, l.cents
FROM mart.site s
CROSS JOIN LATERAL (
    SELECT ch.started_at, ch.cents
    FROM mart.charge ch
    WHERE ch.site_id = s.id
    ORDER BY ch.started_at DESC
    LIMIT 3) AS l
WHERE s.id IN (14, 29, 53, 71, 88, 110)
ORDER BY s.id, l.started_at DESC;

-- Sites of the same city that opened within a month of each other: a self join.
-- weight: 15
SELECT a.city_id, a.id AS first, b.id AS second, b.opened_on - a.opened_on AS days
FROM mart.site a
JOIN mart.site b ON b.city_id = a.city_id AND b.opened_on > a.opened_on AND b.opened_on <= a.opened_on + 45
WHERE a.kind = 'kerb' AND b.kind = 'depot'
ORDER BY a.city_id, a.id, b.id;

-- Names of sites with a word inside: no B-tree can help LIKE that begins with a wildcard.
-- weight: 20
SELECT id, code, name
FROM mart.site
WHERE name LIKE '%Hospital 1%'
ORDER BY id;
