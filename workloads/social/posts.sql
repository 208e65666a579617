-- Posts and what happens to them; included by data.sql inside a transaction. Times are whole seconds until they are stored.

-- The rate of posts grows fourfold over six years, linearly. The famous write more, and are seen much more.
INSERT INTO plaza.post (id, author_id, club_id, place_id, language_code, kind, created_at, removed_at, views, body)
SELECT p.i, a.id, CASE WHEN pg_temp.u(p.i, 100) < 0.35 THEN 1 + floor(:clubs * p.x * pg_temp.square(pg_temp.square(pg_temp.u(p.i, 101))))::int END,
       CASE WHEN pg_temp.u(p.i, 102) < 0.15 THEN a.place_id
            WHEN pg_temp.u(p.i, 102) < 0.2 THEN 1 + floor(2000 * pg_temp.square(pg_temp.u(p.i, 103)))::int END,
       CASE WHEN pg_temp.u(p.i, 104) < 0.93 THEN a.language_code ELSE 'la' END,
       CASE WHEN p.form < 0.55 THEN 'text' WHEN p.form < 0.83 THEN 'photo' WHEN p.form < 0.95 THEN 'clip'
            WHEN p.form < 0.99 THEN 'link' ELSE 'poll' END,
       to_timestamp(p.at),
       CASE WHEN pg_temp.u(p.i, 105) < 0.015 THEN to_timestamp(p.at + pg_temp.pick(p.i, 106, 400000)) END,
       floor(20 / (pg_temp.u(p.i, 107) + 0.0002) * (CASE WHEN a.verified THEN 20 ELSE 1 END))::int,
       (ARRAY['Look at this', 'Never again', 'Who comes along tomorrow', 'New here', 'Sold out already', 'Rain again', 'My view',
              'Thank you all'])[pg_temp.pick(p.i, 108, 8)] || ', ' ||
       (ARRAY['at the harbour', 'from the train', 'in our garden', 'after the match', 'with old friends', 'for the first time'])
       [pg_temp.pick(p.i, 109, 6)] || CASE WHEN pg_temp.u(p.i, 110) < 0.25 THEN repeat(' and so on and on.', pg_temp.pick(p.i, 111, 12)::int) ELSE '.' END
FROM (SELECT i, i / (:posts)::float8 AS x, pg_temp.u(i, 112) AS form,
             :first_second + floor((:seconds - 1) * ((sqrt(1 + 15 * (i / (:posts)::float8)) - 1) / 3))::bigint AS at,
             1 + floor((:people * (0.3 + 0.7 * i / (:posts)::float8) - 1)
                       * (CASE WHEN pg_temp.u(i, 113) < 0.3 THEN pg_temp.square(pg_temp.square(pg_temp.u(i, 114)))
                               ELSE pg_temp.square(pg_temp.u(i, 114)) END))::int AS author
      FROM generate_series(1, :posts) AS i OFFSET 0) AS p
JOIN plaza.person a ON a.id = p.author
ORDER BY p.i;

-- One to three topics a post, mostly with small numbers.
INSERT INTO plaza.post_topic (post_id, topic_id, weight)
SELECT DISTINCT ON (post, topic) post, topic, (1.0 / (1 + k))::real
FROM (SELECT i AS post, k, 1 + floor(820 * pg_temp.square(pg_temp.u(4::bigint * i + k, 120)))::int AS topic
      FROM generate_series(1, :posts) AS i, generate_series(0, floor(3 * pg_temp.square(pg_temp.u(i, 121)))::int) AS k OFFSET 0) AS t
ORDER BY post, topic, k;

INSERT INTO plaza.media (id, post_id, kind, bytes, seconds, alt)
SELECT row_number() OVER (ORDER BY p.id, k), p.id, CASE p.kind WHEN 'clip' THEN 'clip' ELSE 'image' END,
       CASE p.kind WHEN 'clip' THEN 900000 + floor(200000000 * pg_temp.square(pg_temp.u(4::bigint * p.id + k, 130)))
            ELSE 40000 + floor(6000000 * pg_temp.square(pg_temp.u(4::bigint * p.id + k, 130))) END::bigint,
       CASE p.kind WHEN 'clip' THEN pg_temp.pick(4::bigint * p.id + k, 131, 600) END,
       CASE WHEN pg_temp.u(4::bigint * p.id + k, 132) < 0.3
            THEN (ARRAY['a boat', 'a dog on a beach', 'people around a table', 'a bridge at night'])[pg_temp.pick(4::bigint * p.id + k, 133, 4)] END
FROM plaza.post p, generate_series(0, CASE p.kind WHEN 'photo' THEN floor(3 * pg_temp.square(pg_temp.u(p.id, 134)))::int ELSE 0 END) AS k
WHERE p.kind IN ('photo', 'clip')
ORDER BY p.id, k;

INSERT INTO plaza.mention (post_id, person_id)
SELECT DISTINCT i, 1 + floor((:people - 1) * pg_temp.square(pg_temp.square(pg_temp.u(4::bigint * i + k, 140))))::int
FROM generate_series(1, :posts) AS i, generate_series(0, 1 + floor(2 * pg_temp.u(i, 141))::int) AS k
WHERE pg_temp.u(i, 142) < 0.15
ORDER BY 1, 2;

INSERT INTO plaza.reaction_kind (id, name, positive)
VALUES (1, 'like', true), (2, 'laugh', true), (3, 'wow', true), (4, 'thanks', true), (5, 'sad', false), (6, 'angry', false),
       (7, 'boo', false), (8, 'applause', true);

-- Hot posts, scattered over all numbers, have most of the reactions; every person reacts now and then.
INSERT INTO plaza.reaction (post_id, person_id, kind_id, reacted_at)
SELECT r.post, r.person, 1 + floor(8 * pg_temp.square(pg_temp.square(pg_temp.u(r.seed, 150))))::int,
       least(p.created_at + interval '1 second' * (20 + floor(900000 * pg_temp.square(pg_temp.square(pg_temp.u(r.seed, 151))))),
             timestamptz '2026-06-30 00:00:00+00')
FROM (SELECT DISTINCT ON (post, person) post, person, seed
      FROM (SELECT i AS seed, 1 + (7919 * floor(:posts * pg_temp.square(pg_temp.square(pg_temp.u(i, 152))))::bigint % :posts)::int AS post,
                   1 + floor(:people * pg_temp.square(pg_temp.u(i, 153)))::int AS person
            FROM generate_series(1, 3 * :posts) AS i OFFSET 0) AS draws
      ORDER BY post, person, seed) AS r
JOIN plaza.post p ON p.id = r.post
ORDER BY r.post, r.person;

INSERT INTO plaza.remark (id, post_id, author_id, answers_id, language_code, written_at, removed_at, likes)
SELECT r.i, p.id, r.author, CASE WHEN r.i > 100 AND pg_temp.u(r.i, 160) < 0.2 THEN pg_temp.pick(r.i, 161, r.i - 1)::int END,
       CASE WHEN pg_temp.u(r.i, 162) < 0.8 THEN p.language_code ELSE 'la' END,
       least(p.created_at + interval '1 second' * (60 + floor(2000000 * pg_temp.square(pg_temp.square(pg_temp.u(r.i, 163))))),
             timestamptz '2026-06-30 00:00:00+00'),
       CASE WHEN pg_temp.u(r.i, 164) < 0.02 THEN least(p.created_at + interval '30 days', timestamptz '2026-06-30 00:00:00+00') END,
       floor(1 / (pg_temp.u(r.i, 165) + 0.0005) - 1)::int
FROM (SELECT i, 1 + (7919 * floor(:posts * pg_temp.square(pg_temp.square(pg_temp.u(i, 166))))::bigint % :posts)::int AS post,
             1 + floor(:people * pg_temp.square(pg_temp.u(i, 167)))::int AS author
      FROM generate_series(1, :remarks) AS i OFFSET 0) AS r
JOIN plaza.post p ON p.id = r.post
ORDER BY r.i;

-- Incidents follow the posts in time; the newest are not closed yet. A reporter is missing where a program reported.
INSERT INTO plaza.incident (id, post_id, reporter_id, rule_id, moderator_id, state, verdict, opened_at, closed_at)
SELECT c.i, p.id, CASE WHEN pg_temp.u(c.i, 170) < 0.7 THEN 1 + floor(:people * pg_temp.square(pg_temp.u(c.i, 171)))::int END,
       1 + floor(48 * pg_temp.square(pg_temp.u(c.i, 172)))::int,
       CASE WHEN c.state <> 'new' THEN 1 + floor(300 * pg_temp.square(pg_temp.u(c.i, 173)))::int END, c.state,
       CASE WHEN c.state = 'closed' THEN (ARRAY['kept', 'kept', 'kept', 'kept', 'removed', 'removed', 'warned', 'banned'])[pg_temp.pick(c.i, 174, 8)] END,
       least(p.created_at + interval '1 second' * pg_temp.pick(c.i, 175, 90000), timestamptz '2026-06-30 00:00:00+00'),
       CASE WHEN c.state = 'closed'
            THEN least(p.created_at + interval '1 second' * (95000 + pg_temp.pick(c.i, 176, 900000)), timestamptz '2026-06-30 00:00:00+00') END
FROM (SELECT i, least(:posts, 1 + floor(:posts * (i / (:incidents)::float8))::int) AS post,
             CASE WHEN i > 0.98 * :incidents AND pg_temp.u(i, 177) < 0.5 THEN 'new' WHEN i > 0.97 * :incidents AND pg_temp.u(i, 177) < 0.7 THEN 'assigned'
                  WHEN pg_temp.u(i, 177) > 0.995 THEN 'appealed' ELSE 'closed' END AS state
      FROM generate_series(1, :incidents) AS i OFFSET 0) AS c
JOIN plaza.post p ON p.id = c.post
ORDER BY c.i;
