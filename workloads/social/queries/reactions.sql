-- Who reacted to one post, famous people first: the primary key is enough.
-- weight: 350
SELECT p.name, h.handle, k.name AS reaction, l.name AS place
FROM plaza.reaction r
JOIN plaza.reaction_kind k ON k.id = r.kind_id
JOIN plaza.person p ON p.id = r.person_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
JOIN plaza.place l ON l.id = p.place_id
WHERE r.post_id = 15839
ORDER BY p.verified DESC, p.id
LIMIT 50;

-- What somebody reacted to last.
-- weight: 180
SELECT r.reacted_at, k.name AS reaction, o.id, o.body, a.name AS author
FROM plaza.handle h
JOIN plaza.reaction r ON r.person_id = h.person_id
JOIN plaza.reaction_kind k ON k.id = r.kind_id
JOIN plaza.post o ON o.id = r.post_id
JOIN plaza.person a ON a.id = o.author_id
WHERE h.handle = 'sol.mora.11'
ORDER BY r.reacted_at DESC
LIMIT 30;

-- Applause of the last day by author: a rare kind and a range.
-- weight: 35
SELECT a.name, h.handle, count(*) AS applause
FROM plaza.reaction_kind k
JOIN plaza.reaction r ON r.kind_id = k.id
JOIN plaza.post o ON o.id = r.post_id
JOIN plaza.person a ON a.id = o.author_id
JOIN plaza.handle h ON h.person_id = a.id
WHERE k.name = 'applause' AND r.reacted_at >= '2026-06-29 00:00:00+00' AND h.until IS NULL
GROUP BY a.name, h.handle
ORDER BY applause DESC, h.handle
LIMIT 20;

-- Fans: who reacts most to the posts of one author.
-- weight: 45
SELECT p.id, p.name, c.name AS country, count(*) AS reactions
FROM plaza.handle h
JOIN plaza.post o ON o.author_id = h.person_id
JOIN plaza.reaction r ON r.post_id = o.id
JOIN plaza.person p ON p.id = r.person_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE h.handle = 'sol.jung.7' AND o.created_at >= '2025-01-01 00:00:00+00'
GROUP BY p.id, p.name, c.name
ORDER BY reactions DESC, p.id
LIMIT 20;

-- Angry reactions to posts of clubs, by club and language, in one week.
-- weight: 20
SELECT c.name, g.name AS language, count(*) AS angry
FROM plaza.reaction r
JOIN plaza.reaction_kind k ON k.id = r.kind_id
JOIN plaza.post o ON o.id = r.post_id
JOIN plaza.club c ON c.id = o.club_id
JOIN plaza.language g ON g.code = c.language_code
WHERE k.name IN ('angry', 'boo') AND r.reacted_at >= '2026-06-22 00:00:00+00' AND r.reacted_at < '2026-06-29 00:00:00+00'
GROUP BY c.name, g.name
ORDER BY angry DESC, c.name
LIMIT 20;

-- Followers who reacted within the hour: two large tables by two keys.
-- weight: 25
SELECT o.id, o.created_at, count(*) AS quick_followers
FROM plaza.handle h
JOIN plaza.post o ON o.author_id = h.person_id
JOIN plaza.reaction r ON r.post_id = o.id
JOIN plaza.follow f ON f.follower_id = r.person_id AND f.followed_id = h.person_id
JOIN plaza.person p ON p.id = r.person_id
WHERE h.handle = 'bo.jung.1' AND r.reacted_at < o.created_at + interval '1 hour' AND p.status = 'active'
GROUP BY o.id, o.created_at
ORDER BY quick_followers DESC, o.id
LIMIT 20;

-- Authors who never got a reaction from abroad: an anti join over a chain, for one small place.
-- weight: 15
SELECT p.id, p.name
FROM plaza.place l
JOIN plaza.person p ON p.place_id = l.id
WHERE l.name = 'Gabera' AND p.status = 'active'
  AND NOT EXISTS (SELECT
                  FROM plaza.post o
                  JOIN plaza.reaction r ON r.post_id = o.id
                  JOIN plaza.person q ON q.id = r.person_id
                  JOIN plaza.place ql ON ql.id = q.place_id
                  WHERE o.author_id = p.id AND ql.country_code <> l.country_code)
ORDER BY p.id
LIMIT 100;

-- Reactions by maker of the phone and hour: one week, a device each.
-- weight: 8
SELECT k.maker, extract(hour FROM r.reacted_at AT TIME ZONE 'UTC') AS hour, count(*) AS reactions
FROM plaza.reaction r
JOIN plaza.person p ON p.id = r.person_id
JOIN plaza.device d ON d.person_id = p.id
JOIN plaza.device_kind k ON k.id = d.kind_id
JOIN plaza.place l ON l.id = p.place_id
WHERE r.reacted_at >= '2026-06-25 00:00:00+00' AND l.kind = 'town' AND d.last_seen >= '2026-06-25 00:00:00+00'
GROUP BY k.maker, hour
ORDER BY k.maker, hour;
