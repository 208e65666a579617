-- People on an old version of the app in one country, seen today.
-- weight: 30
SELECT p.id, h.handle, d.app_version, k.name AS phone
FROM plaza.device d
JOIN plaza.device_kind k ON k.id = d.kind_id
JOIN plaza.person p ON p.id = d.person_id
JOIN plaza.handle h ON h.person_id = p.id AND h.until IS NULL
JOIN plaza.place l ON l.id = p.place_id
WHERE d.app_version = '2.4' AND d.last_seen >= '2026-06-29 00:00:00+00' AND l.country_code = 'AF'
ORDER BY d.last_seen DESC
LIMIT 50;

-- To whom a post of a famous author is pushed: followers with a recent device.
-- weight: 70
SELECT d.id, d.app_version, k.system, p.language_code
FROM plaza.handle h
JOIN plaza.follow f ON f.followed_id = h.person_id
JOIN plaza.person p ON p.id = f.follower_id
JOIN plaza.device d ON d.person_id = p.id
JOIN plaza.device_kind k ON k.id = d.kind_id
WHERE h.handle = 'mira.kerr.300' AND NOT f.muted AND d.push AND d.last_seen >= '2026-06-23 00:00:00+00'
ORDER BY d.id;

-- Two people on one kind of rare phone in the same place.
-- weight: 10
SELECT k.name, l.name AS place, count(*) AS pairs
FROM plaza.device_kind k
JOIN plaza.device a ON a.kind_id = k.id
JOIN plaza.person p ON p.id = a.person_id
JOIN plaza.place l ON l.id = p.place_id
JOIN plaza.person q ON q.place_id = l.id AND q.id > p.id
JOIN plaza.device b ON b.person_id = q.id AND b.kind_id = k.id
WHERE k.released_on >= '2025-10-01' AND l.kind = 'town'
GROUP BY k.name, l.name
ORDER BY pairs DESC, k.name, l.name
LIMIT 20;

-- Clips posted by owners of one maker's phones in one week.
-- weight: 20
SELECT k.name, count(*) AS clips, sum(m.bytes) AS bytes
FROM plaza.device_kind k
JOIN plaza.device d ON d.kind_id = k.id
JOIN plaza.person p ON p.id = d.person_id
JOIN plaza.post o ON o.author_id = p.id
JOIN plaza.media m ON m.post_id = o.id
WHERE k.maker = 'Fable' AND o.kind = 'clip' AND o.created_at >= '2026-06-15 00:00:00+00' AND o.created_at < '2026-06-22 00:00:00+00'
GROUP BY k.name
ORDER BY clips DESC, k.name;
