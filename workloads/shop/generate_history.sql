-- The visits to the site since November 2025 and the archive of the orders before July 2023.
-- Included by data.sql inside its transaction.

SELECT (400000 * :scale)::bigint AS site_events, (200000 * :scale)::bigint AS old_orders
\gset

-- Three in a thousand come from devices whose clock went back to 2020.
INSERT INTO shop.site_event (id, occurred_at, customer_id, session_no, kind, path)
SELECT i,
       CASE WHEN pg_temp.u(i, 170) < 0.003 THEN timestamptz '2020-01-01 00:00:00+00' + interval '1 second' * i
            ELSE timestamptz '2025-11-01 00:00:00+00' + interval '241 days' * (i / (:site_events + 1)::float8) END,
       CASE WHEN pg_temp.u(i / 4, 171) < 0.8
            THEN 1 + floor(pg_temp.square(pg_temp.u(i / 4, 172)) * :customers)::bigint END,
       i / 4, (ARRAY['view', 'view', 'view', 'search', 'basket', 'checkout'])[pg_temp.pick(i, 173, 6)],
       '/product/' || 1 + floor(pg_temp.square(pg_temp.u(i, 174)) * :products)::bigint
FROM generate_series(1, :site_events) AS i;
SELECT setval('shop.site_event_id_seq', :site_events) \g /dev/null

-- The customers who came before the first order of schema shop.
INSERT INTO shop_archive.orders (id, customer_id, placed_at, total_cents, invoice_no)
SELECT i, pg_temp.pick(i, 180, :customers / 5),
       timestamptz '2021-03-01 00:00:00+00' + interval '850 days' * (i / (:old_orders)::float8),
       500 + floor(30000 * pg_temp.square(pg_temp.u(i, 181)))::bigint, 'R-' || lpad(i::text, 8, '0')
FROM generate_series(1, :old_orders) AS i;

INSERT INTO shop_archive.order_line (order_id, line_no, product_id, quantity, unit_cents, article)
SELECT l.order_id, l.line_no, p.id, 1 + floor(4 * pg_temp.square(pg_temp.u(l.seed, 183)))::int, p.price_cents, p.name
FROM (SELECT o.id AS order_id, k::smallint AS line_no, 4 * o.id + k AS seed,
             1 + floor(pg_temp.square(pg_temp.u(4 * o.id + k, 182)) * :products)::bigint AS product_id
      FROM shop_archive.orders o, generate_series(1, 1 + (o.id % 3)::int) AS k OFFSET 0) AS l
JOIN shop.product p ON p.id = l.product_id
ORDER BY l.order_id, l.line_no;
