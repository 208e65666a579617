-- The clubs of a person with their topics and owners: the existing index from people to clubs.
-- weight: 300
SELECT c.name, t.name AS topic, o.name AS owner, m.role, m.joined_at
FROM plaza.handle h
JOIN plaza.club_member m ON m.person_id = h.person_id
JOIN plaza.club c ON c.id = m.club_id
JOIN plaza.topic t ON t.id = c.topic_id
JOIN plaza.person o ON o.id = c.owner_id
WHERE h.handle = 'bo.berg.2' AND m.left_at IS NULL
ORDER BY m.joined_at DESC;

-- Organisers of the clubs about one topic and all below it: a tree of two levels.
-- weight: 40
SELECT c.name AS club, p.name AS organiser, l.name AS place
FROM plaza.topic top
JOIN plaza.topic t ON t.parent_id = top.id
JOIN plaza.club c ON c.topic_id = t.id
JOIN plaza.club_member m ON m.club_id = c.id
JOIN plaza.person p ON p.id = m.person_id
JOIN plaza.place l ON l.id = p.place_id
WHERE top.name = 'music' AND m.role = 'organiser' AND c.closed_on IS NULL
ORDER BY c.name, p.name
LIMIT 50;

-- The newest posts of one club with their reactions.
-- weight: 220
SELECT o.id, o.created_at, h.handle, o.body, count(r.person_id) AS reactions
FROM plaza.club c
JOIN plaza.post o ON o.club_id = c.id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
LEFT JOIN plaza.reaction r ON r.post_id = o.id
WHERE c.id = 33 AND o.removed_at IS NULL
GROUP BY o.id, o.created_at, h.handle, o.body
ORDER BY o.created_at DESC
LIMIT 20;

-- Clubs that share members with one club: a self join over the members.
-- weight: 30
SELECT c.id, c.name, t.name AS topic, count(*) AS shared
FROM plaza.club_member a
JOIN plaza.club_member b ON b.person_id = a.person_id AND b.club_id <> a.club_id
JOIN plaza.club c ON c.id = b.club_id
JOIN plaza.topic t ON t.id = c.topic_id
JOIN plaza.language g ON g.code = c.language_code
WHERE a.club_id = 60 AND g.family = 'northern' AND c.kind = 'open'
GROUP BY c.id, c.name, t.name
ORDER BY shared DESC, c.id
LIMIT 10;

-- Secret clubs with members in another country than the owner's.
-- weight: 15
SELECT c.id, c.name, oc.name AS owners_country, count(*) AS strangers
FROM plaza.club c
JOIN plaza.person o ON o.id = c.owner_id
JOIN plaza.place ol ON ol.id = o.place_id
JOIN plaza.country oc ON oc.code = ol.country_code
JOIN plaza.club_member m ON m.club_id = c.id
JOIN plaza.person p ON p.id = m.person_id
JOIN plaza.place l ON l.id = p.place_id AND l.country_code <> ol.country_code
WHERE c.kind = 'secret' AND c.closed_on IS NULL
GROUP BY c.id, c.name, oc.name
ORDER BY strangers DESC, c.id
LIMIT 20;

-- Clubs of a town, whose members joined this year.
-- weight: 25
SELECT c.name, t.name AS topic, count(*) AS joined, min(m.joined_at) AS first
FROM plaza.place l
JOIN plaza.club c ON c.place_id = l.id
JOIN plaza.topic t ON t.id = c.topic_id
JOIN plaza.club_member m ON m.club_id = c.id
JOIN plaza.person p ON p.id = m.person_id
WHERE l.name = 'Chebera' AND m.joined_at >= '2026-01-01 00:00:00+00' AND p.status = 'active'
GROUP BY c.name, t.name
ORDER BY joined DESC, c.name
LIMIT 25;

-- Members who left a club within its first large topic, and still post there: a rare combination.
-- weight: 12
SELECT c.name, p.name AS member, m.left_at, count(*) AS posts
FROM plaza.club c
JOIN plaza.topic t ON t.id = c.topic_id
JOIN plaza.club_member m ON m.club_id = c.id
JOIN plaza.person p ON p.id = m.person_id
JOIN plaza.post o ON o.author_id = p.id AND o.club_id = c.id AND o.created_at > m.left_at
WHERE m.left_at IS NOT NULL AND t.level <= 2
GROUP BY c.name, p.name, m.left_at
ORDER BY posts DESC, c.name, p.name
LIMIT 20;
