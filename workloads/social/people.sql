-- Languages, places, people, clubs and the desk; included by data.sql inside a transaction. Languages, countries, places,
-- kinds of devices, topics, teams, moderators and rules have the same rows at every scale.

INSERT INTO plaza.language (code, name, family, right_to_left)
SELECT 'l' || chr(96 + i), 'Language ' || chr(64 + i),
       (ARRAY['northern', 'northern', 'southern', 'eastern', 'islander'])[1 + i % 5], i IN (9, 20)
FROM generate_series(1, 24) AS i;

-- Countries with small numbers are large. A few share a language.
INSERT INTO plaza.country (code, name, continent, main_language)
SELECT chr(65 + (i - 1) / 10) || chr(65 + (i - 1) % 10), 'Country ' || i,
       (ARRAY['Arva', 'Arva', 'Belun', 'Belun', 'Cor', 'Dessa'])[1 + i % 6],
       'l' || chr(97 + floor(24 * pg_temp.square(pg_temp.u(i, 1)))::int)
FROM generate_series(1, 60) AS i;

-- Places with small numbers are large; names are distinct.
INSERT INTO plaza.place (id, name, country_code, kind, population)
SELECT p.i,
       (ARRAY['Ba', 'Che', 'Do', 'Fi', 'Ga', 'He', 'Ju', 'Ka', 'Lo', 'Mi', 'Ne', 'Pa', 'Que', 'Ri', 'Su', 'Ta', 'U', 'Ve',
              'Xi', 'Zo'])[1 + p.i % 20]
       || (ARRAY['ber', 'dan', 'gor', 'lin', 'mar', 'nos', 'ram', 'sel', 'tor', 'vas'])[1 + (p.i / 20) % 10]
       || (ARRAY['a', 'burg', 'do', 'ek', 'ford', 'ia', 'is', 'on', 'um', 'ville'])[1 + (p.i / 200) % 10],
       chr(65 + (p.country - 1) / 10) || chr(65 + (p.country - 1) % 10),
       CASE WHEN p.i <= 100 THEN 'city' WHEN p.i <= 700 THEN 'town'
            ELSE (ARRAY['village', 'village', 'village', 'landmark'])[1 + p.i % 4] END,
       9000000 / p.i + 500 + pg_temp.pick(p.i, 2, 900)::int
FROM (SELECT i, 1 + floor(60 * pg_temp.square(pg_temp.u(i, 3)))::int AS country FROM generate_series(1, 2000) AS i) AS p;

-- People with small numbers came first and are the famous ones.
INSERT INTO plaza.person (id, name, kind, status, place_id, language_code, born_year, verified, invited_by, joined_at, bio)
SELECT p.i,
       (ARRAY['Aino', 'Bo', 'Cem', 'Dina', 'Eli', 'Fay', 'Gus', 'Hana', 'Ida', 'Jon', 'Kim', 'Leo', 'Mira', 'Nia', 'Oto',
              'Pam', 'Rui', 'Sol', 'Tea', 'Uma', 'Vik', 'Wim', 'Yara', 'Zed'])[pg_temp.pick(p.i, 10, 24)] || ' ' ||
       (ARRAY['Abel', 'Berg', 'Cruz', 'Dunn', 'Este', 'Fox', 'Gray', 'Haas', 'Iver', 'Jung', 'Kerr', 'Lima', 'Mora', 'Nash',
              'Oak', 'Park', 'Quist', 'Reed', 'Stone', 'Tran', 'Ulm', 'Vega', 'Wolf', 'York'])[pg_temp.pick(p.i, 11, 24)],
       CASE WHEN p.i % 40 = 7 THEN 'brand' WHEN p.i % 200 = 11 THEN 'press' WHEN p.i % 125 = 3 THEN 'bot' ELSE 'person' END,
       CASE WHEN pg_temp.u(p.i, 12) < 0.9 THEN 'active' WHEN pg_temp.u(p.i, 12) < 0.96 THEN 'paused'
            WHEN pg_temp.u(p.i, 12) < 0.985 THEN 'gone' ELSE 'suspended' END,
       l.id,
       CASE WHEN pg_temp.u(p.i, 13) < 0.82 THEN c.main_language
            ELSE 'l' || chr(97 + floor(24 * pg_temp.square(pg_temp.square(pg_temp.u(p.i, 14))))::int) END,
       CASE WHEN pg_temp.u(p.i, 15) < 0.7 THEN 2008 - floor(60 * pg_temp.square(pg_temp.u(p.i, 16)))::int END,
       p.i <= 0.004 * :people OR pg_temp.u(p.i, 17) < 0.002,
       CASE WHEN p.i > 20 AND pg_temp.u(p.i, 18) < 0.3 THEN 1 + floor((p.i - 1) * pg_temp.square(pg_temp.u(p.i, 19)))::int END,
       timestamptz '2019-01-01 00:00:00+00' + interval '2730 days' * (p.i / (:people)::float8) - interval '1 minute' * pg_temp.pick(p.i, 20, 90),
       CASE WHEN pg_temp.u(p.i, 21) < 0.4
            THEN (ARRAY['Likes the sea.', 'Here for the photos.', 'Cook, runner, parent.', 'Opinions are mine.', 'Old account in the handle list.',
                        'Trains and maps.'])[pg_temp.pick(p.i, 22, 6)] END
FROM (SELECT i, 1 + floor(2000 * pg_temp.square(pg_temp.square(pg_temp.u(i, 23))))::int AS place FROM generate_series(1, :people) AS i OFFSET 0) AS p
JOIN plaza.place l ON l.id = p.place
JOIN plaza.country c ON c.code = l.country_code
ORDER BY p.i;

-- Handle i is what person i is called; a fifth more are handles given up.
INSERT INTO plaza.handle (id, person_id, handle, since, until)
SELECT h.i, p.id, lower(replace(p.name, ' ', '.')) || '.' || h.i, p.joined_at::date + CASE WHEN h.i > :people THEN 0 ELSE 1 END,
       CASE WHEN h.i > :people THEN p.joined_at::date + 1 END
FROM (SELECT i, CASE WHEN i > :people THEN 1 + (i * 13) % :people ELSE i END AS person
      FROM generate_series(1, :people + :people / 5) AS i OFFSET 0) AS h
JOIN plaza.person p ON p.id = h.person
ORDER BY h.i;

INSERT INTO plaza.device_kind (id, maker, name, system, released_on)
SELECT i, (ARRAY['Acorn', 'Brick', 'Comet', 'Dial', 'Echo', 'Fable'])[1 + m], 'Model ' || i,
       (ARRAY['orchard', 'robo', 'robo', 'robo', 'web', 'robo'])[1 + m], date '2014-01-01' + 28 * i
FROM (SELECT i, floor(6 * pg_temp.square(pg_temp.u(i, 30)))::int AS m FROM generate_series(1, 160) AS i) AS k;

INSERT INTO plaza.device (id, person_id, kind_id, app_version, push, last_seen)
SELECT i, CASE WHEN i <= :people THEN i ELSE 1 + floor(:people * pg_temp.u(i, 31))::int END,
       1 + floor(160 * pg_temp.square(pg_temp.u(i, 32)))::int,
       (6 - floor(5 * pg_temp.square(pg_temp.square(pg_temp.u(i, 33))))::int) || '.' || pg_temp.pick(i, 34, 9),
       pg_temp.u(i, 35) < 0.6,
       timestamptz '2026-06-30 00:00:00+00' - interval '1 second' * floor(70000000 * pg_temp.square(pg_temp.square(pg_temp.u(i, 36))))
FROM generate_series(1, :people + :people / 2) AS i;

-- Fourteen draws a person on average; two fifths of them fall on the famous. A quarter of the others follow back. Who is
-- drawn twice is followed once.
INSERT INTO plaza.follow (follower_id, followed_id, since, source, muted)
WITH draws AS MATERIALIZED (
    SELECT d.follower, d.seed,
           1 + floor(:people * (CASE WHEN pg_temp.u(d.seed, 43) < 0.4 THEN pg_temp.square(pg_temp.square(pg_temp.u(d.seed, 44)))
                                     ELSE pg_temp.u(d.seed, 44) END))::int AS followed
    FROM (SELECT p AS follower, 64::bigint * p + k AS seed
          FROM generate_series(1, :people) AS p, generate_series(0, 2 + floor(36 * pg_temp.square(pg_temp.u(p, 45)))::int) AS k OFFSET 0) AS d)
SELECT f.follower, f.followed,
       timestamptz '2026-06-29 00:00:00+00'
           - interval '1 second' * floor((220000000 * (1 - greatest(f.follower, f.followed) / (:people)::float8) + 80000) * pg_temp.u(f.seed, 40)),
       (ARRAY['search', 'search', 'suggested', 'suggested', 'suggested', 'club', 'contacts', 'mention'])[pg_temp.pick(f.seed, 41, 8)],
       pg_temp.u(f.seed, 42) < 0.02
FROM (SELECT DISTINCT ON (follower, followed) follower, followed, seed
      FROM (SELECT follower, followed, seed FROM draws
            UNION ALL
            SELECT followed, follower, seed + 50 FROM draws
            WHERE followed > 0.01 * :people AND pg_temp.u(seed, 46) < 0.25) AS both_ways
      WHERE follower <> followed
      ORDER BY follower, followed, seed) AS f;

-- 20 topics, 160 below them, 640 below those.
INSERT INTO plaza.topic (id, parent_id, level, name)
SELECT t.i, CASE WHEN t.i > 180 THEN 21 + (t.i - 181) / 4 WHEN t.i > 20 THEN 1 + (t.i - 21) / 8 END,
       CASE WHEN t.i > 180 THEN 3 WHEN t.i > 20 THEN 2 ELSE 1 END,
       (ARRAY['music', 'football', 'cooking', 'travel', 'films', 'gardens', 'science', 'history', 'chess', 'cycling', 'photography',
              'weather', 'trains', 'dogs', 'books', 'fashion', 'games', 'health', 'politics', 'sailing'])[t.top]
       || CASE WHEN t.i > 20 THEN ' ' || (ARRAY['news', 'for beginners', 'talk', 'market', 'old', 'live', 'local', 'rare'])
                                         [1 + (CASE WHEN t.i > 180 THEN (t.i - 181) / 4 ELSE t.i - 21 END) % 8] ELSE '' END
       || CASE WHEN t.i > 180 THEN ' ' || (ARRAY['north', 'south', 'east', 'west'])[1 + (t.i - 181) % 4] ELSE '' END
FROM (SELECT i, CASE WHEN i > 180 THEN 1 + (i - 181) / 32 WHEN i > 20 THEN 1 + (i - 21) / 8 ELSE i END AS top
      FROM generate_series(1, 820) AS i) AS t;

-- Clubs speak the language of their owner.
INSERT INTO plaza.club (id, name, kind, topic_id, place_id, language_code, owner_id, founded_on, closed_on)
SELECT c.i, initcap(t.name) || ' club ' || c.i,
       CASE WHEN pg_temp.u(c.i, 50) < 0.7 THEN 'open' WHEN pg_temp.u(c.i, 50) < 0.97 THEN 'closed' ELSE 'secret' END,
       t.id, CASE WHEN pg_temp.u(c.i, 51) < 0.3 THEN p.place_id END, p.language_code, p.id,
       date '2020-01-01' + (2360 * (c.i / (:clubs)::float8))::int,
       CASE WHEN pg_temp.u(c.i, 52) < 0.06 THEN date '2026-06-29' - floor(300 * pg_temp.u(c.i, 53) * (1 - c.i / (:clubs)::float8))::int END
FROM (SELECT i, 1 + floor(820 * pg_temp.square(pg_temp.u(i, 54)))::int AS topic,
             1 + floor(:people * pg_temp.square(pg_temp.u(i, 55)))::int AS owner FROM generate_series(1, :clubs) AS i OFFSET 0) AS c
JOIN plaza.topic t ON t.id = c.topic
JOIN plaza.person p ON p.id = c.owner
ORDER BY c.i;

-- Five draws a person on average; clubs with small numbers are large.
INSERT INTO plaza.club_member (club_id, person_id, role, joined_at, left_at)
SELECT m.club, m.person,
       CASE WHEN pg_temp.u(m.seed, 60) < 0.01 THEN 'organiser' WHEN pg_temp.u(m.seed, 60) < 0.04 THEN 'helper' ELSE 'member' END,
       timestamptz '2026-06-29 00:00:00+00' - interval '1 second' * m.ago,
       CASE WHEN pg_temp.u(m.seed, 61) < 0.1 THEN timestamptz '2026-06-29 00:00:00+00' - interval '1 second' * floor(m.ago * pg_temp.u(m.seed, 62)) END
FROM (SELECT DISTINCT ON (club, person) club, person, seed,
             floor((190000000 * (1 - greatest(club / (:clubs)::float8, person / (:people)::float8)) + 80000) * pg_temp.u(seed, 63)) AS ago
      FROM (SELECT p AS person, 16::bigint * p + k AS seed,
                   1 + floor(:clubs * pg_temp.square(pg_temp.square(pg_temp.u(16::bigint * p + k, 64))))::int AS club
            FROM generate_series(1, :people) AS p, generate_series(0, floor(13 * pg_temp.square(pg_temp.u(p, 65)))::int) AS k OFFSET 0) AS draws
      ORDER BY club, person, seed) AS m;

INSERT INTO plaza.team (id, name, country_code)
SELECT i, 'Team ' || (ARRAY['Amber', 'Birch', 'Cedar', 'Delta', 'Ember', 'Fjord', 'Grove', 'Heath', 'Inlet', 'Jade', 'Kelp', 'Lagoon'])[i],
       chr(65 + (i - 1) / 10) || chr(65 + (i - 1) % 10)
FROM generate_series(1, 12) AS i;

INSERT INTO plaza.moderator (id, team_id, name, language_code, active)
SELECT i, 1 + floor(12 * pg_temp.square(pg_temp.u(i, 70)))::int, 'Moderator ' || i,
       'l' || chr(97 + floor(24 * pg_temp.square(pg_temp.u(i, 71)))::int), pg_temp.u(i, 72) < 0.8
FROM generate_series(1, 300) AS i;

-- The area determines the severity, nearly.
INSERT INTO plaza.rule (id, code, area, severity)
SELECT i, 'R' || (100 + i), (ARRAY['spam', 'spam', 'insult', 'copyright', 'nudity', 'fraud', 'threat', 'self-harm'])[1 + i % 8],
       (ARRAY[1, 1, 2, 2, 3, 4, 5, 5])[1 + i % 8] + CASE WHEN i % 11 = 0 THEN -1 ELSE 0 END
FROM generate_series(1, 48) AS i;
