-- Reviews, baskets, sessions, counters, promotions, jobs, tickets and their messages.
-- Included by data.sql inside its transaction, after orders. Numbers follow time.

SELECT (150000 * :scale)::bigint AS reviews, (150000 * :scale)::bigint AS sessions, (250000 * :scale)::bigint AS jobs,
       (160000 * :scale)::bigint AS tickets
\gset

-- Six in a hundred reviews are taken down within two months.
INSERT INTO shop.review (id, product_id, customer_id, stars, title, body, created_at, deleted_at)
SELECT i, 1 + floor(pg_temp.square(pg_temp.u(i, 110)) * :products)::bigint,
       1 + floor(pg_temp.square(pg_temp.u(i, 111)) * :customers)::bigint, 5 - floor(5 * pg_temp.square(pg_temp.u(i, 112)))::int,
       (ARRAY['As described', 'A gift', 'Would buy again', 'Not for me', 'Good value', 'Arrived late'])[pg_temp.pick(i, 113, 6)],
       CASE WHEN pg_temp.u(i, 114) < 0.7 THEN repeat('It does what it should. ', pg_temp.pick(i, 115, 6)::int) END,
       r.created_at,
       CASE WHEN pg_temp.u(i, 116) < 0.06
            THEN least(r.created_at + interval '1 hour' * pg_temp.pick(i, 117, 1400), to_timestamp(:horizon)) END
FROM generate_series(1, :reviews) AS i,
     LATERAL (SELECT timestamptz '2023-07-15 00:00:00+00' + interval '1080 days' * (i / (:reviews)::float8) AS created_at) AS r;

INSERT INTO shop.product_counter (product_id, views, baskets, last_view_at)
SELECT i, 10 + floor(20000 * pg_temp.square(pg_temp.u(i, 120)) / (1 + 20 * (i / (:products)::float8)))::bigint,
       floor(300 * pg_temp.square(pg_temp.u(i, 121)))::bigint,
       to_timestamp(:horizon) - interval '1 minute' * pg_temp.pick(i, 122, 4000)
FROM generate_series(1, :products) AS i;

-- Some customers have several articles in the basket; of pairs that come twice the first stays.
INSERT INTO shop.cart_item (customer_id, product_id, quantity, added_at)
SELECT customer_id, product_id, 1 + (min(i) % 3)::int,
       to_timestamp(:horizon) - interval '4 minutes' * (:customers - min(i))
FROM (SELECT i, pg_temp.pick(i, 126, :customers / 3) AS customer_id,
             1 + floor(pg_temp.square(pg_temp.u(i, 127)) * :products)::bigint AS product_id
      FROM generate_series(1, :customers) AS i OFFSET 0) AS c
GROUP BY customer_id, product_id
ORDER BY min(i);

-- The sessions of June.
INSERT INTO shop.session (token, customer_id, client, started_at, last_seen_at, requests)
SELECT md5('session' || i)::uuid, 1 + floor(pg_temp.square(pg_temp.u(i, 130)) * :customers)::bigint,
       (ARRAY['web/firefox', 'web/chrome', 'web/safari', 'app/ios', 'app/android'])[pg_temp.pick(i, 131, 5)],
       s.started_at, least(s.started_at + interval '1 minute' * pg_temp.pick(i, 132, 700), to_timestamp(:horizon)),
       pg_temp.pick(i, 133, 60)::int
FROM generate_series(1, :sessions) AS i,
     LATERAL (SELECT timestamptz '2026-06-01 00:00:00+00' + interval '29 days' * (i / (:sessions)::float8) AS started_at) AS s;

INSERT INTO shop.promotion (id, code, discount, "validDuring", "maxUses", tags)
SELECT i, 'PROMO' || i, 5 * pg_temp.pick(i, 135, 8),
       daterange(date '2025-01-01' + 9 * i, date '2025-01-01' + 9 * i + pg_temp.pick(i, 136, 60)::int),
       CASE WHEN pg_temp.u(i, 137) < 0.5 THEN 100 * pg_temp.pick(i, 138, 20)::int END,
       ARRAY[(ARRAY['season', 'brand', 'newsletter'])[pg_temp.pick(i, 139, 3)]]
FROM generate_series(1, 60) AS i;

-- Half a year of jobs. Nearly all are done; of the last two in a hundred most wait.
INSERT INTO shop.job (id, kind, state, priority, run_at, attempts, locked_by, finished_at, payload)
SELECT i, j.kind, j.state::shop.job_state, floor(3 * pg_temp.square(pg_temp.u(i, 141)))::smallint, j.run_at,
       CASE j.state WHEN 'ready' THEN 0 WHEN 'failed' THEN 5 ELSE 1 END,
       CASE WHEN j.state = 'running' THEN 'worker-' || i % 4 END,
       CASE WHEN j.state IN ('done', 'failed') THEN j.run_at + interval '1 second' * pg_temp.pick(i, 142, 900) END,
       jsonb_build_object('order', pg_temp.pick(i, 143, :orders))
FROM (SELECT i,
             (ARRAY['mail', 'mail', 'mail', 'invoice', 'invoice', 'stock', 'stock', 'label', 'label', 'export', 'sync',
                    'webhook'])[pg_temp.pick(i, 140, 12)] AS kind,
             timestamptz '2026-01-01 00:00:00+00' + interval '180 days' * (i / (:jobs)::float8) AS run_at,
             CASE WHEN pg_temp.u(i, 144) < 0.015 THEN 'failed' WHEN i <= 0.98 * :jobs THEN 'done'
                  WHEN pg_temp.u(i, 145) < 0.1 THEN 'running' ELSE 'ready' END AS state
      FROM generate_series(1, :jobs) AS i OFFSET 0) AS j
ORDER BY i;

INSERT INTO shop.tenant (id, name, plan)
SELECT i, 'Shop no. ' || i, (ARRAY['small', 'small', 'medium', 'large'])[pg_temp.pick(i, 150, 4)]
FROM generate_series(1, 40) AS i;

-- Two years of tickets; the newest three in a hundred are still worked on.
INSERT INTO shop.ticket (id, tenant_id, customer_id, status, subject, tags, created_at, updated_at)
SELECT i, 1 + floor(40 * pg_temp.square(pg_temp.u(i, 151)))::int,
       1 + floor(pg_temp.square(pg_temp.u(i, 152)) * :customers)::bigint,
       (CASE WHEN i > 0.97 * :tickets
             THEN CASE WHEN pg_temp.u(i, 153) < 0.6 THEN 'open' WHEN pg_temp.u(i, 153) < 0.85 THEN 'waiting' ELSE 'solved' END
             ELSE CASE WHEN pg_temp.u(i, 153) < 0.005 THEN 'waiting' WHEN pg_temp.u(i, 153) < 0.12 THEN 'solved'
                       ELSE 'closed' END END)::shop.ticket_status,
       (ARRAY['Where is my parcel?', 'Wrong size', 'Broken on arrival', 'Invoice', 'Return', 'Password'])[pg_temp.pick(i, 154, 6)],
       array_remove(ARRAY[CASE WHEN pg_temp.u(i, 155) < 0.08 THEN 'refund' END,
                          CASE WHEN pg_temp.u(i, 156) < 0.15 THEN 'urgent' END], NULL),
       t.created_at, least(t.created_at + interval '1 hour' * pg_temp.pick(i, 157, 300), to_timestamp(:horizon))
FROM generate_series(1, :tickets) AS i,
     LATERAL (SELECT timestamptz '2024-07-01 00:00:00+00' + interval '729 days' * (i / (:tickets)::float8) AS created_at) AS t;

-- One to four messages a ticket, in the order in which they were sent.
INSERT INTO shop.support_message (id, tenant_id, ticket_id, author, body, sent_at)
SELECT row_number() OVER (ORDER BY m.sent_at, m.ticket_id, m.step), m.tenant_id, m.ticket_id,
       CASE WHEN m.step % 2 = 1 THEN 'customer' ELSE 'agent ' || pg_temp.pick(m.seed, 160, 90) END,
       repeat('Thank you for writing. ', pg_temp.pick(m.seed, 161, 7)::int), m.sent_at
FROM (SELECT t.id AS ticket_id, t.tenant_id, k AS step, 8 * t.id + k AS seed,
             least(t.created_at + interval '1 minute' * ((k - 1) * pg_temp.pick(t.id, 162, 3000)), to_timestamp(:horizon)) AS sent_at
      FROM shop.ticket t, generate_series(1, 1 + floor(4 * pg_temp.square(pg_temp.u(t.id, 163)))::int) AS k OFFSET 0) AS m
ORDER BY 1;

SELECT setval(pg_get_serial_sequence('shop.review', 'id'), :reviews),
       setval(pg_get_serial_sequence('shop.job', 'id'), :jobs),
       setval(pg_get_serial_sequence('shop.ticket', 'id'), :tickets),
       setval(pg_get_serial_sequence('shop.support_message', 'id'), (SELECT max(id) FROM shop.support_message)) \g /dev/null
