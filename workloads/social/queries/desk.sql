-- The queue: new incidents, the gravest first, among them the oldest.
-- weight: 300
SELECT i.id, u.code, u.severity, i.opened_at, o.body, h.handle
FROM plaza.incident i
JOIN plaza.rule u ON u.id = i.rule_id
JOIN plaza.post o ON o.id = i.post_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
WHERE i.state = 'new'
ORDER BY u.severity DESC, i.opened_at
LIMIT 30;

-- The record of one author: all incidents about his posts.
-- weight: 150
SELECT i.opened_at, i.state, i.verdict, u.area, m.name AS moderator
FROM plaza.handle h
JOIN plaza.post o ON o.author_id = h.person_id
JOIN plaza.incident i ON i.post_id = o.id
JOIN plaza.rule u ON u.id = i.rule_id
LEFT JOIN plaza.moderator m ON m.id = i.moderator_id
WHERE h.handle = 'bo.berg.2'
ORDER BY i.opened_at DESC
LIMIT 20;

-- What a team closed in one month, by area and verdict.
-- weight: 25
SELECT u.area, i.verdict, count(*) AS incidents, avg(i.closed_at - i.opened_at) AS time
FROM plaza.team t
JOIN plaza.moderator m ON m.team_id = t.id
JOIN plaza.incident i ON i.moderator_id = m.id
JOIN plaza.rule u ON u.id = i.rule_id
JOIN plaza.country c ON c.code = t.country_code
WHERE t.name = 'Team Jade' AND i.closed_at >= '2026-05-01 00:00:00+00' AND i.closed_at < '2026-06-01 00:00:00+00'
GROUP BY u.area, i.verdict
ORDER BY incidents DESC, u.area, i.verdict;

-- Appeals with the language of the post and of the moderator.
-- weight: 40
SELECT i.id, i.opened_at, pg.name AS post_language, mg.name AS moderator_language, t.name AS team
FROM plaza.incident i
JOIN plaza.post o ON o.id = i.post_id
JOIN plaza.language pg ON pg.code = o.language_code
JOIN plaza.moderator m ON m.id = i.moderator_id
JOIN plaza.language mg ON mg.code = m.language_code
JOIN plaza.team t ON t.id = m.team_id
WHERE i.state = 'appealed' AND pg.code <> mg.code
ORDER BY i.opened_at DESC
LIMIT 25;

-- People who report much and rarely rightly: a filter over an aggregate.
-- weight: 12
SELECT p.id, p.name, c.name AS country, count(*) AS reports, count(*) FILTER (WHERE i.verdict = 'kept') AS kept
FROM plaza.incident i
JOIN plaza.person p ON p.id = i.reporter_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.country c ON c.code = l.country_code
JOIN plaza.rule u ON u.id = i.rule_id
WHERE u.area = 'insult' AND i.opened_at >= '2025-01-01 00:00:00+00'
GROUP BY p.id, p.name, c.name
HAVING count(*) FILTER (WHERE i.verdict = 'kept') >= 2
ORDER BY kept DESC, p.id
LIMIT 20;

-- Threats against people who follow the author: from a rule to a pair of people.
-- weight: 20
SELECT i.id, i.opened_at, a.name AS author, v.name AS mentioned
FROM plaza.rule u
JOIN plaza.incident i ON i.rule_id = u.id
JOIN plaza.post o ON o.id = i.post_id
JOIN plaza.mention n ON n.post_id = o.id
JOIN plaza.person a ON a.id = o.author_id
JOIN plaza.person v ON v.id = n.person_id
WHERE u.area = 'threat' AND i.opened_at >= '2025-10-01 00:00:00+00'
  AND EXISTS (SELECT FROM plaza.follow f WHERE f.follower_id = o.author_id AND f.followed_id = n.person_id)
ORDER BY i.opened_at DESC
LIMIT 20;

-- Removed posts of one club that nobody reported: an anti join.
-- weight: 30
SELECT o.id, o.removed_at, p.name, h.handle
FROM plaza.club c
JOIN plaza.post o ON o.club_id = c.id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
WHERE c.id = 2 AND o.removed_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM plaza.incident i WHERE i.post_id = o.id)
ORDER BY o.removed_at DESC
LIMIT 50;

-- Work of one moderator on one day, with the posts and their clubs.
-- weight: 60
SELECT i.id, i.closed_at, i.verdict, u.code, o.kind, c.name AS club
FROM plaza.moderator m
JOIN plaza.incident i ON i.moderator_id = m.id
JOIN plaza.rule u ON u.id = i.rule_id
JOIN plaza.post o ON o.id = i.post_id
LEFT JOIN plaza.club c ON c.id = o.club_id
WHERE m.name = 'Moderator 4' AND i.closed_at >= '2026-05-01 00:00:00+00' AND i.closed_at < '2026-06-01 00:00:00+00'
ORDER BY i.closed_at;

-- Banned for fraud: people, their phones and who invited them.
-- weight: 15
SELECT p.id, p.name, p.status, k.name AS phone, v.name AS invited_by
FROM plaza.incident i
JOIN plaza.rule u ON u.id = i.rule_id
JOIN plaza.post o ON o.id = i.post_id
JOIN plaza.person p ON p.id = o.author_id
JOIN plaza.device d ON d.person_id = p.id
JOIN plaza.device_kind k ON k.id = d.kind_id
LEFT JOIN plaza.person v ON v.id = p.invited_by
WHERE u.area = 'fraud' AND i.verdict = 'banned' AND i.closed_at >= '2026-01-01 00:00:00+00'
ORDER BY i.closed_at DESC, d.id
LIMIT 30;

-- Incidents by team, area and verdict: reads all of them. No index can help.
-- weight: 3
SELECT t.name AS team, u.area, i.verdict, count(*) AS incidents
FROM plaza.incident i
JOIN plaza.moderator m ON m.id = i.moderator_id
JOIN plaza.team t ON t.id = m.team_id
JOIN plaza.rule u ON u.id = i.rule_id
JOIN plaza.country c ON c.code = t.country_code
GROUP BY t.name, u.area, i.verdict
ORDER BY t.name, u.area, i.verdict;
