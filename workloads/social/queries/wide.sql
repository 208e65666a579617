-- A post with everything about it: ten tables around one row.
-- weight: 300
SELECT o.id, o.body, p.name, h.handle, l.name AS place, c.name AS country, g.name AS language, cl.name AS club,
       t.name AS topic, m.kind AS media, m.bytes
FROM plaza.post o
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.language g ON g.code = o.language_code
LEFT JOIN plaza.club cl ON cl.id = o.club_id
LEFT JOIN plaza.post_topic pt ON pt.post_id = o.id
LEFT JOIN plaza.topic t ON t.id = pt.topic_id
LEFT JOIN plaza.media m ON m.post_id = o.id
WHERE o.id = 11235;

-- Reactions from one country to posts from another in one month, by topic: two ends of a chain of ten.
-- weight: 6
SELECT t.name AS topic, k.name AS reaction, count(*) AS reactions
FROM plaza.country ac, plaza.place al, plaza.person a, plaza.post o, plaza.post_topic pt, plaza.topic t, plaza.reaction r,
     plaza.reaction_kind k, plaza.person p, plaza.place l
WHERE ac.name = 'Country 3' AND al.country_code = ac.code AND a.place_id = al.id AND o.author_id = a.id AND pt.post_id = o.id
  AND t.id = pt.topic_id AND r.post_id = o.id AND k.id = r.kind_id AND p.id = r.person_id AND l.id = p.place_id
  AND l.country_code = 'AA' AND o.created_at >= '2026-05-01 00:00:00+00' AND o.created_at < '2026-06-01 00:00:00+00'
GROUP BY t.name, k.name
ORDER BY reactions DESC, t.name, k.name
LIMIT 20;

-- Friends' clubs: clubs of those one follows, with owner, topic and language. Nine tables.
-- weight: 90
SELECT c.id, c.name, t.name AS topic, op.name AS owner, oh.handle, g.name AS language, count(DISTINCT f.followed_id) AS friends
FROM plaza.handle me, plaza.follow f, plaza.person p, plaza.club_member m, plaza.club c, plaza.topic t, plaza.person op,
     plaza.handle oh, plaza.language g
WHERE me.handle = 'uma.iver.50' AND f.follower_id = me.person_id AND p.id = f.followed_id AND p.status = 'active'
  AND m.person_id = p.id AND m.left_at IS NULL AND c.id = m.club_id AND c.closed_on IS NULL AND t.id = c.topic_id
  AND op.id = c.owner_id AND oh.person_id = op.id AND oh.until IS NULL AND g.code = c.language_code
GROUP BY c.id, c.name, t.name, op.name, oh.handle, g.name
ORDER BY friends DESC, c.id
LIMIT 15;

-- Incidents in depth: author, reporter, moderator, team, both places, club. Twelve tables.
-- weight: 20
SELECT i.id, u.code, a.name AS author, al.name AS authors_place, rp.name AS reporter, rl.name AS reporters_place,
       m.name AS moderator, t.name AS team, c.name AS club, ct.name AS topic, g.name AS language
FROM plaza.incident i
JOIN plaza.rule u ON u.id = i.rule_id
JOIN plaza.post o ON o.id = i.post_id
JOIN plaza.person a ON a.id = o.author_id
JOIN plaza.place al ON al.id = a.place_id
JOIN plaza.person rp ON rp.id = i.reporter_id
JOIN plaza.place rl ON rl.id = rp.place_id
JOIN plaza.moderator m ON m.id = i.moderator_id
JOIN plaza.team t ON t.id = m.team_id
JOIN plaza.club c ON c.id = o.club_id
JOIN plaza.topic ct ON ct.id = c.topic_id
JOIN plaza.language g ON g.code = o.language_code
WHERE i.state = 'assigned' AND u.severity >= 3
ORDER BY i.opened_at
LIMIT 50;

-- Who could answer: people of a place who wrote about a topic, with phones and clubs. Eleven tables, a comma list.
-- weight: 10
SELECT p.id, p.name, count(DISTINCT o.id) AS posts, count(DISTINCT c.id) AS clubs, max(d.last_seen) AS last_seen
FROM plaza.place l, plaza.country lc, plaza.person p, plaza.post o, plaza.post_topic pt, plaza.topic t, plaza.topic top,
     plaza.club_member m, plaza.club c, plaza.device d, plaza.device_kind k
WHERE l.name = 'Chebera' AND lc.code = l.country_code AND lc.continent = 'Arva' AND p.place_id = l.id AND o.author_id = p.id
  AND pt.post_id = o.id AND t.id = pt.topic_id AND top.id = t.parent_id AND top.name = 'science'
  AND m.person_id = p.id AND c.id = m.club_id AND c.kind = 'closed' AND d.person_id = p.id AND k.id = d.kind_id
  AND k.system = 'robo' AND o.created_at >= '2026-01-01 00:00:00+00'
GROUP BY p.id, p.name
ORDER BY posts DESC, p.id
LIMIT 20;

-- Remarks on posts of clubs about a topic by members of clubs about its parts: eight tables, two self joins.
-- weight: 15
SELECT a.name AS club, b.name AS others, count(*) AS remarks
FROM plaza.club a
JOIN plaza.post o ON o.club_id = a.id
JOIN plaza.remark r ON r.post_id = o.id
JOIN plaza.person p ON p.id = r.author_id
JOIN plaza.club_member m ON m.person_id = p.id
JOIN plaza.club b ON b.id = m.club_id AND b.id <> a.id
JOIN plaza.topic ta ON ta.id = a.topic_id
JOIN plaza.topic tb ON tb.id = b.topic_id AND tb.parent_id = ta.id
WHERE ta.name = 'football' AND r.written_at >= '2025-01-01 00:00:00+00'
GROUP BY a.name, b.name
ORDER BY remarks DESC, a.name, b.name
LIMIT 20;

-- The reach of a club: its members, their followers, and where these live. Nine tables.
-- weight: 8
SELECT fc.name AS country, fg.name AS language, count(DISTINCT f.follower_id) AS reached
FROM plaza.club c
JOIN plaza.topic t ON t.id = c.topic_id
JOIN plaza.club_member m ON m.club_id = c.id
JOIN plaza.person p ON p.id = m.person_id
JOIN plaza.follow f ON f.followed_id = p.id
JOIN plaza.person fp ON fp.id = f.follower_id
JOIN plaza.place fl ON fl.id = fp.place_id
JOIN plaza.country fc ON fc.code = fl.country_code
JOIN plaza.language fg ON fg.code = fp.language_code
WHERE c.id = 90 AND m.role <> 'member'
GROUP BY fc.name, fg.name
ORDER BY reached DESC, fc.name, fg.name
LIMIT 30;

-- Mentions among verified people with clips, by pair of countries: ten tables.
-- weight: 10
SELECT ac.name AS author_country, mc.name AS mentioned_country, count(*) AS mentions, max(d.seconds) AS longest
FROM plaza.person a
JOIN plaza.place al ON al.id = a.place_id
JOIN plaza.country ac ON ac.code = al.country_code
JOIN plaza.post o ON o.author_id = a.id
JOIN plaza.media d ON d.post_id = o.id
JOIN plaza.mention n ON n.post_id = o.id
JOIN plaza.person m ON m.id = n.person_id
JOIN plaza.place ml ON ml.id = m.place_id
JOIN plaza.country mc ON mc.code = ml.country_code
JOIN plaza.language g ON g.code = o.language_code
WHERE a.verified AND m.verified AND d.kind = 'clip' AND g.family <> 'islander' AND o.created_at >= '2026-01-01 00:00:00+00'
GROUP BY ac.name, mc.name
ORDER BY mentions DESC, ac.name, mc.name
LIMIT 20;

-- A timeline with all that a page shows: twelve tables, a derived table in the middle.
-- weight: 120
SELECT n.id, n.created_at, a.name, ah.handle, al.name AS place, ac.name AS country, g.name AS language, cl.name AS club,
       t.name AS topic, d.kind AS media
FROM (SELECT o.id, o.created_at, o.author_id, o.language_code, o.club_id
      FROM plaza.handle me
      JOIN plaza.follow f ON f.follower_id = me.person_id
      JOIN plaza.post o ON o.author_id = f.followed_id
      WHERE me.handle = 'sol.jung.7' AND o.removed_at IS NULL
      ORDER BY o.created_at DESC
      LIMIT 20) AS n
JOIN plaza.person a ON a.id = n.author_id
JOIN plaza.handle ah ON ah.person_id = a.id AND ah.until IS NULL
JOIN plaza.place al ON al.id = a.place_id
JOIN plaza.country ac ON ac.code = al.country_code
JOIN plaza.language g ON g.code = n.language_code
LEFT JOIN plaza.club cl ON cl.id = n.club_id
LEFT JOIN plaza.post_topic pt ON pt.post_id = n.id AND pt.weight = 1
LEFT JOIN plaza.topic t ON t.id = pt.topic_id
LEFT JOIN plaza.media d ON d.post_id = n.id
ORDER BY n.created_at DESC, d.id;

-- Fourteen tables in a comma list: posts of one club's members on a day, seen from every side.
-- weight: 12
SELECT o.id, o.created_at, p.name, h.handle, l.name AS place, g.name AS language, k.name AS phone,
       t.name AS topic, tt.name AS parent, rk.name AS reaction, count(*) AS reactions
FROM plaza.club cl, plaza.club_member m, plaza.person p, plaza.handle h, plaza.place l, plaza.language g,
     plaza.device d, plaza.device_kind k, plaza.post o, plaza.post_topic pt, plaza.topic t, plaza.topic tt, plaza.reaction r,
     plaza.reaction_kind rk
WHERE cl.id = 12 AND m.club_id = cl.id AND m.left_at IS NULL AND p.id = m.person_id AND h.person_id = p.id AND h.until IS NULL
  AND l.id = p.place_id AND g.code = p.language_code AND d.person_id = p.id AND k.id = d.kind_id
  AND o.author_id = p.id AND pt.post_id = o.id AND t.id = pt.topic_id AND tt.id = t.parent_id AND r.post_id = o.id
  AND rk.id = r.kind_id AND rk.name = 'wow' AND o.created_at >= '2026-06-20 00:00:00+00' AND o.created_at < '2026-06-27 00:00:00+00'
GROUP BY o.id, o.created_at, p.name, h.handle, l.name, g.name, k.name, t.name, tt.name, rk.name
ORDER BY reactions DESC, o.id, k.name
LIMIT 20;
