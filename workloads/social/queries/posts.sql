-- The wall of one person with media and topics.
-- weight: 400
SELECT o.id, o.created_at, o.body, m.kind, m.bytes, t.name AS topic
FROM plaza.handle h
JOIN plaza.post o ON o.author_id = h.person_id
LEFT JOIN plaza.media m ON m.post_id = o.id
LEFT JOIN plaza.post_topic pt ON pt.post_id = o.id
LEFT JOIN plaza.topic t ON t.id = pt.topic_id
WHERE h.handle = 'cem.cruz.51' AND o.removed_at IS NULL
ORDER BY o.created_at DESC
LIMIT 20;

-- One post with its remarks and who wrote them.
-- weight: 500
SELECT r.id, r.written_at, r.likes, p.name, h.handle, g.name AS language
FROM plaza.post o
JOIN plaza.remark r ON r.post_id = o.id
JOIN plaza.person p ON p.id = r.author_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
JOIN plaza.language g ON g.code = r.language_code
WHERE o.id = 7920 AND r.removed_at IS NULL
ORDER BY r.likes DESC, r.id
LIMIT 25;

-- The most seen posts of one day in one language, with author and country.
-- weight: 60
SELECT o.id, o.views, o.body, p.name, c.name AS country
FROM plaza.post o
JOIN plaza.language g ON g.code = o.language_code
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE g.name = 'Language C' AND o.created_at >= '2026-06-27 00:00:00+00' AND o.created_at < '2026-06-28 00:00:00+00'
ORDER BY o.views DESC
LIMIT 20;

-- Where somebody was mentioned, by whom: from a person to posts of others.
-- weight: 150
SELECT o.id, o.created_at, a.name AS author, h.handle, o.body
FROM plaza.handle me
JOIN plaza.mention n ON n.person_id = me.person_id
JOIN plaza.post o ON o.id = n.post_id
JOIN plaza.person a ON a.id = o.author_id
JOIN plaza.handle h ON h.person_id = a.id AND h.until IS NULL
WHERE me.handle = 'hana.tran.3' AND o.removed_at IS NULL
ORDER BY o.created_at DESC
LIMIT 20;

-- Posts written at a landmark, with their media: a rare kind of place.
-- weight: 45
SELECT l.name, o.id, o.created_at, m.kind, m.alt
FROM plaza.place l
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.post o ON o.place_id = l.id
JOIN plaza.media m ON m.post_id = o.id
JOIN plaza.person p ON p.id = o.author_id
WHERE l.kind = 'landmark' AND c.continent = 'Belun' AND m.kind = 'clip'
ORDER BY o.created_at DESC, m.id
LIMIT 30;

-- The largest clips of the last month and who posted them: top-N over a range.
-- weight: 30
SELECT m.bytes, m.seconds, o.id, p.name, h.handle
FROM plaza.media m
JOIN plaza.post o ON o.id = m.post_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.handle h ON h.person_id = p.id
JOIN plaza.place l ON l.id = p.place_id
WHERE m.kind = 'clip' AND m.bytes > 190000000 AND h.until IS NULL AND o.created_at >= '2026-03-01 00:00:00+00'
ORDER BY m.bytes DESC
LIMIT 20;

-- Polls of clubs in one language, the newest first: a kind of one in a hundred.
-- weight: 40
SELECT o.id, o.created_at, c.name AS club, t.name AS topic, p.name
FROM plaza.post o
JOIN plaza.club c ON c.id = o.club_id
JOIN plaza.topic t ON t.id = c.topic_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.language g ON g.code = c.language_code
WHERE o.kind = 'poll' AND g.code = 'lc'
ORDER BY o.created_at DESC
LIMIT 20;

-- Remarks that answer remarks, both removed: a self join with NULLs.
-- weight: 15
SELECT o.id, a.id AS remark, b.id AS answer, p.name AS author, q.name AS answers
FROM plaza.remark a
JOIN plaza.remark b ON b.answers_id = a.id
JOIN plaza.post o ON o.id = b.post_id
JOIN plaza.person p ON p.id = a.author_id
JOIN plaza.person q ON q.id = b.author_id
WHERE a.removed_at IS NOT NULL AND b.removed_at IS NOT NULL
ORDER BY b.written_at DESC
LIMIT 20;

-- What a person wrote under posts of others in a year, with topics.
-- weight: 80
SELECT t.name, count(*) AS remarks, sum(r.likes) AS likes
FROM plaza.handle h
JOIN plaza.remark r ON r.author_id = h.person_id
JOIN plaza.post o ON o.id = r.post_id
JOIN plaza.post_topic pt ON pt.post_id = o.id
JOIN plaza.topic t ON t.id = pt.topic_id
WHERE h.handle = 'uma.este.120' AND r.written_at >= '2025-07-01 00:00:00+00'
GROUP BY t.name
ORDER BY remarks DESC, t.name
LIMIT 20;

-- Posts by month, continent and kind: reads everything. No index can help.
-- weight: 1
SELECT date_trunc('month', o.created_at AT TIME ZONE 'UTC') AS month, c.continent, o.kind, count(*) AS posts, sum(o.views) AS views
FROM plaza.post o
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.language g ON g.code = o.language_code
WHERE NOT g.right_to_left
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;
