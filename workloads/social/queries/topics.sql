-- What is talked about now: topics of the posts of two days in one language.
-- weight: 40
SELECT t.name, count(*) AS posts, sum(o.views) AS views
FROM plaza.post o
JOIN plaza.post_topic pt ON pt.post_id = o.id
JOIN plaza.topic t ON t.id = pt.topic_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.place l ON l.id = p.place_id
WHERE o.created_at >= '2026-06-28 00:00:00+00' AND l.country_code = 'AF'
GROUP BY t.name
ORDER BY posts DESC, t.name
LIMIT 20;

-- The newest posts about a rare topic, with their authors.
-- weight: 120
SELECT o.id, o.created_at, o.body, p.name, l.name AS place
FROM plaza.topic t
JOIN plaza.post_topic pt ON pt.topic_id = t.id
JOIN plaza.post o ON o.id = pt.post_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.place l ON l.id = p.place_id
WHERE t.name = 'sailing rare west' AND o.removed_at IS NULL
ORDER BY o.created_at DESC
LIMIT 20;

-- Experts: who posts most about one branch of the tree, verified people only.
-- weight: 20
SELECT h.handle, t.name AS topic, count(*) AS posts
FROM plaza.topic top
JOIN plaza.topic t ON t.parent_id = top.id
JOIN plaza.post_topic pt ON pt.topic_id = t.id
JOIN plaza.post o ON o.id = pt.post_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
WHERE top.name = 'chess talk' AND p.verified
GROUP BY h.handle, t.name
ORDER BY posts DESC, h.handle, t.name
LIMIT 15;

-- Topics that appear together with one topic.
-- weight: 30
SELECT t.name, g.family, count(*) AS posts
FROM plaza.topic me
JOIN plaza.post_topic a ON a.topic_id = me.id
JOIN plaza.post_topic b ON b.post_id = a.post_id AND b.topic_id <> a.topic_id
JOIN plaza.topic t ON t.id = b.topic_id
JOIN plaza.post o ON o.id = a.post_id
JOIN plaza.language g ON g.code = o.language_code
WHERE me.name = 'trains local' AND a.weight = 1
GROUP BY t.name, g.family
ORDER BY posts DESC, t.name, g.family
LIMIT 20;

-- Reactions to a topic in one week by country of those who react.
-- weight: 20
SELECT c.name, k.name AS reaction, count(*) AS reactions
FROM plaza.topic t
JOIN plaza.post_topic pt ON pt.topic_id = t.id
JOIN plaza.reaction r ON r.post_id = pt.post_id
JOIN plaza.reaction_kind k ON k.id = r.kind_id
JOIN plaza.person p ON p.id = r.person_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
WHERE t.name = 'weather' AND NOT k.positive AND r.reacted_at >= '2026-06-01 00:00:00+00'
GROUP BY c.name, k.name
ORDER BY reactions DESC, c.name, k.name
LIMIT 30;

-- Topics that nobody in a country has posted about since spring: an anti join over three tables.
-- weight: 6
SELECT t.id, t.name, u.name AS parent
FROM plaza.topic t
JOIN plaza.topic u ON u.id = t.parent_id
WHERE t.level = 3
  AND NOT EXISTS (SELECT
                  FROM plaza.post_topic pt
                  JOIN plaza.post o ON o.id = pt.post_id
                  JOIN plaza.person p ON p.id = o.author_id
                  JOIN plaza.place l ON l.id = p.place_id
                  WHERE pt.topic_id = t.id AND o.created_at >= '2026-04-01 00:00:00+00' AND l.country_code = 'AD')
ORDER BY t.id;

-- Clubs whose members react to the topic of the club, in one branch: six tables between two ends.
-- weight: 8
SELECT c.name, count(*) AS reactions
FROM plaza.topic top
JOIN plaza.club c ON c.topic_id = top.id
JOIN plaza.club_member m ON m.club_id = c.id
JOIN plaza.reaction r ON r.person_id = m.person_id
JOIN plaza.post_topic pt ON pt.post_id = r.post_id AND pt.topic_id = top.id
WHERE top.name = 'gardens' AND m.left_at IS NULL AND r.reacted_at >= '2026-01-01 00:00:00+00'
GROUP BY c.name
ORDER BY reactions DESC, c.name
LIMIT 15;
