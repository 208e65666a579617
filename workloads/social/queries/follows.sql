-- Who follows back: the primary key and its mirror.
-- weight: 250
SELECT p.id, p.name, h.handle
FROM plaza.handle me
JOIN plaza.follow mine ON mine.follower_id = me.person_id
JOIN plaza.follow theirs ON theirs.follower_id = mine.followed_id AND theirs.followed_id = me.person_id
JOIN plaza.person p ON p.id = mine.followed_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
WHERE me.handle = 'yara.ulm.521'
ORDER BY p.name, p.id;

-- Whom to follow: people followed by those one follows, but not by oneself. An anti join.
-- weight: 200
SELECT p.id, p.name, l.name AS place, count(*) AS in_common
FROM plaza.handle me
JOIN plaza.follow a ON a.follower_id = me.person_id
JOIN plaza.follow b ON b.follower_id = a.followed_id
JOIN plaza.person p ON p.id = b.followed_id
JOIN plaza.place l ON l.id = p.place_id
WHERE me.handle = 'oto.wolf.1500' AND p.status = 'active' AND p.id <> me.person_id
  AND NOT EXISTS (SELECT FROM plaza.follow f WHERE f.follower_id = me.person_id AND f.followed_id = p.id)
GROUP BY p.id, p.name, l.name
ORDER BY in_common DESC, p.id
LIMIT 15;

-- The timeline: the newest posts of those one follows.
-- weight: 600
SELECT o.id, o.created_at, h.handle, o.kind, o.body, g.name AS language
FROM plaza.handle me
JOIN plaza.follow f ON f.follower_id = me.person_id
JOIN plaza.post o ON o.author_id = f.followed_id
JOIN plaza.handle h ON h.person_id = f.followed_id AND h.until IS NULL
JOIN plaza.language g ON g.code = o.language_code
WHERE me.handle = 'yara.ulm.521' AND NOT f.muted AND o.removed_at IS NULL AND o.created_at >= '2026-06-01 00:00:00+00'
ORDER BY o.created_at DESC
LIMIT 30;

-- Followers of a brand by country: from one row to many.
-- weight: 80
SELECT c.name, count(*) AS followers, count(*) FILTER (WHERE f.since >= '2026-01-01 00:00:00+00') AS new_ones
FROM plaza.handle h
JOIN plaza.follow f ON f.followed_id = h.person_id
JOIN plaza.person p ON p.id = f.follower_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE h.handle = 'sol.jung.7'
GROUP BY c.name
ORDER BY followers DESC, c.name;

-- New followers of the press in one week, by continent.
-- weight: 25
SELECT c.continent, g.family, count(*) AS follows
FROM plaza.person p
JOIN plaza.follow f ON f.followed_id = p.id
JOIN plaza.person r ON r.id = f.follower_id
JOIN plaza.place l ON l.id = r.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.language g ON g.code = r.language_code
WHERE p.kind = 'press' AND f.since >= '2026-06-01 00:00:00+00' AND f.since < '2026-06-08 00:00:00+00'
GROUP BY c.continent, g.family
ORDER BY follows DESC, c.continent, g.family;

-- Whom two people follow both.
-- weight: 120
SELECT p.id, p.name, l.name AS place
FROM plaza.handle a
JOIN plaza.follow fa ON fa.follower_id = a.person_id
JOIN plaza.follow fb ON fb.followed_id = fa.followed_id
JOIN plaza.handle b ON b.person_id = fb.follower_id
JOIN plaza.person p ON p.id = fa.followed_id
JOIN plaza.place l ON l.id = p.place_id
WHERE a.handle = 'rui.reed.28' AND b.handle = 'pam.ulm.838'
ORDER BY p.id;

-- Who is muted most, and where those who mute live: two in a hundred rows of a large table.
-- weight: 10
SELECT h.handle, c.continent, count(*) AS mutes
FROM plaza.follow f
JOIN plaza.handle h ON h.person_id = f.followed_id
JOIN plaza.person r ON r.id = f.follower_id
JOIN plaza.place l ON l.id = r.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE f.muted AND h.until IS NULL AND f.source = 'mention'
GROUP BY h.handle, c.continent
ORDER BY mutes DESC, h.handle, c.continent
LIMIT 20;

-- Neighbours who follow each other: both sides in one small place.
-- weight: 35
SELECT a.name, b.name AS follows, x.since
FROM plaza.place l
JOIN plaza.person a ON a.place_id = l.id
JOIN plaza.follow x ON x.follower_id = a.id
JOIN plaza.person b ON b.id = x.followed_id AND b.place_id = l.id
JOIN plaza.country c ON c.code = l.country_code
WHERE l.name = 'Dobera' AND x.source = 'contacts'
ORDER BY x.since DESC
LIMIT 25;
