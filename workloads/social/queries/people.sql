-- A profile by its handle: everything hangs on one row.
-- weight: 900
SELECT p.name, p.kind, p.verified, l.name AS place, c.name AS country, g.name AS language
FROM plaza.handle h
JOIN plaza.person p ON p.id = h.person_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.language g ON g.code = p.language_code
WHERE h.handle = 'mira.kerr.300';

-- The most followed verified people of one country.
-- weight: 15
SELECT h.handle, p.name, count(*) AS followers
FROM plaza.country c
JOIN plaza.place l ON l.country_code = c.code
JOIN plaza.person p ON p.place_id = l.id
JOIN plaza.handle h ON h.person_id = p.id
JOIN plaza.follow f ON f.followed_id = p.id
WHERE c.name = 'Country 1' AND p.verified AND h.until IS NULL
GROUP BY h.handle, p.name
ORDER BY followers DESC, h.handle
LIMIT 20;

-- Whom somebody brought in over three generations, by country.
-- weight: 60
SELECT c.name, count(*) AS people
FROM plaza.person a
JOIN plaza.person b ON b.invited_by = a.id
JOIN plaza.person d ON d.invited_by = b.id
JOIN plaza.place l ON l.id = d.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE a.id = 5
GROUP BY c.name
ORDER BY people DESC, c.name;

-- The phones of a town: from a place by name to its people and their devices.
-- weight: 40
SELECT k.maker, k.system, count(DISTINCT p.id) AS people
FROM plaza.place l
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.person p ON p.place_id = l.id
JOIN plaza.device d ON d.person_id = p.id
JOIN plaza.device_kind k ON k.id = d.kind_id
WHERE l.name = 'Dobera' AND c.continent IN ('Arva', 'Cor') AND p.status = 'active'
GROUP BY k.maker, k.system
ORDER BY people DESC, k.maker;

-- The oldest people in the villages of one continent: a range, a rare kind.
-- weight: 25
SELECT p.id, p.name, p.born_year, l.name AS place, h.handle
FROM plaza.person p
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.language g ON g.code = p.language_code
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
WHERE p.born_year < 1955 AND l.kind IN ('village', 'landmark') AND g.family = 'northern'
ORDER BY p.born_year, p.id
LIMIT 30;

-- Bots that posted in the last ten days, and from where.
-- weight: 30
SELECT h.handle, c.name AS country, count(*) AS posts, max(o.created_at) AS last
FROM plaza.person p
JOIN plaza.handle h ON h.person_id = p.id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.post o ON o.author_id = p.id
WHERE p.kind = 'bot' AND h.until IS NULL AND o.created_at >= '2026-06-20 00:00:00+00'
GROUP BY h.handle, c.name
ORDER BY posts DESC, h.handle
LIMIT 25;

-- Verified people who gave a handle up: two handles of one person.
-- weight: 20
SELECT old.handle AS was, now.handle AS is, l.name AS place, c.name AS country
FROM plaza.handle old
JOIN plaza.handle now ON now.person_id = old.person_id AND now.until IS NULL
JOIN plaza.person p ON p.id = old.person_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE old.until IS NOT NULL AND p.verified
ORDER BY p.id
LIMIT 40;

-- People who speak another language than their country does, by pair: reads all people. No index can help.
-- weight: 2
SELECT c.name AS country, g.name AS speaks, m.name AS country_speaks, count(*) AS people
FROM plaza.person p
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.language g ON g.code = p.language_code
JOIN plaza.language m ON m.code = c.main_language
WHERE p.language_code <> c.main_language
GROUP BY c.name, g.name, m.name
ORDER BY people DESC, c.name, g.name
LIMIT 50;

-- The newest people by name, with who invited them and from where.
-- weight: 50
SELECT p.id, p.joined_at, i.name AS invited_by, l.name AS place, il.name AS inviters_place
FROM plaza.person p
JOIN plaza.person i ON i.id = p.invited_by
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.place il ON il.id = i.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE p.name = 'Mira Vega' AND c.continent <> 'Dessa'
ORDER BY p.joined_at DESC
LIMIT 10;
