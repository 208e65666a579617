-- Orders :first_order to :last_order with their lines, payments, parcels and events, as
-- they stand at the moment :horizon (seconds since 1970). Included by data.sql and grow.sql
-- inside a transaction; :orders, :customers and :products are the counts of the first load.
-- Times are whole seconds until they are stored.

-- The moments in the life of an order. The rate of orders grows fourfold over the three
-- years, linearly, and goes on growing beyond them. What lies after the horizon has not happened yet.
CREATE TEMP TABLE new_order ON COMMIT DROP AS
WITH placed AS MATERIALIZED (
    SELECT i AS id, pg_temp.u(i, 50) AS fate,
           1 + floor(pg_temp.square(pg_temp.u(i, 51)) * ((:customers) * (0.2 + 0.8 * least(i / (:orders)::float8, 1)) - 1))::bigint
               AS customer_id,
           1688169600 + floor(94608000 * ((sqrt(1 + 15 * (i / (:orders)::float8)) - 1) / 3)
                              + (CASE WHEN i > :orders THEN 9000 ELSE -9000 END) * pg_temp.u(i, 52))::bigint AS placed_s
    FROM generate_series(:first_order, :last_order) AS i
), paid AS MATERIALIZED (
    SELECT *, CASE WHEN fate >= 0.012
                   THEN placed_s + 20 + floor(172800 * pg_temp.square(pg_temp.square(pg_temp.u(id, 53))))::bigint END AS paid_s
    FROM placed
), packed AS MATERIALIZED (
    SELECT *, CASE WHEN fate < 0.052 THEN paid_s + 3600 + pg_temp.pick(id, 54, 86400) END AS cancelled_s,
              CASE WHEN fate >= 0.052 THEN paid_s + 43200 + pg_temp.pick(id, 55, 259200) END AS packed_s
    FROM paid
), shipped AS MATERIALIZED (
    SELECT *, packed_s + 7200 + pg_temp.pick(id, 56, 86400) AS shipped_s
    FROM packed
), delivered AS MATERIALIZED (
    SELECT *, shipped_s + 86400 + pg_temp.pick(id, 57, 432000) AS delivered_s
    FROM shipped
), returned AS MATERIALIZED (
    SELECT *, CASE WHEN fate < 0.09 THEN delivered_s + 259200 + pg_temp.pick(id, 58, 1500000) END AS returned_s
    FROM delivered
)
SELECT id, customer_id, greatest(placed_s, 1688169600) AS placed_s,
       CASE WHEN paid_s <= :horizon THEN paid_s END AS paid_s,
       CASE WHEN cancelled_s <= :horizon THEN cancelled_s END AS cancelled_s,
       CASE WHEN packed_s <= :horizon THEN packed_s END AS packed_s,
       CASE WHEN shipped_s <= :horizon THEN shipped_s END AS shipped_s,
       CASE WHEN delivered_s <= :horizon THEN delivered_s END AS delivered_s,
       CASE WHEN returned_s <= :horizon THEN returned_s END AS returned_s
FROM returned;

-- One to seven lines an order, three on average; products with small numbers sell most.
CREATE TEMP TABLE new_line ON COMMIT DROP AS
SELECT l.order_id, l.line_no, l.product_id, p.price_cents AS unit_cents,
       1 + floor(4 * pg_temp.square(pg_temp.square(pg_temp.u(l.seed, 61))))::int AS quantity,
       CASE WHEN pg_temp.u(l.seed, 62) < 0.15 THEN p.price_cents / 10 ELSE 0 END AS discount_cents
FROM (SELECT o.id AS order_id, k::smallint AS line_no, 8 * o.id + k AS seed,
             1 + floor(pg_temp.square(pg_temp.u(8 * o.id + k, 60)) * (:products))::bigint AS product_id
      FROM new_order o, generate_series(1, 1 + floor(7 * pg_temp.square(pg_temp.u(o.id, 63)))::int) AS k OFFSET 0) AS l
JOIN shop.product p ON p.id = l.product_id;

INSERT INTO shop.orders (id, customer_id, address_id, status, channel, priority, placed_at, delivered_at, total_cents, note)
SELECT o.id, o.customer_id,
       CASE WHEN pg_temp.u(o.id, 70) < 0.93 THEN o.customer_id END,
       (CASE WHEN o.returned_s IS NOT NULL THEN 'returned' WHEN o.delivered_s IS NOT NULL THEN 'delivered'
             WHEN o.shipped_s IS NOT NULL THEN 'shipped' WHEN o.packed_s IS NOT NULL THEN 'packed'
             WHEN o.cancelled_s IS NOT NULL THEN 'cancelled' WHEN o.paid_s IS NOT NULL THEN 'paid'
             ELSE 'placed' END)::shop.order_status,
       CASE WHEN pg_temp.u(o.id, 71) < 0.66 THEN 'web' ELSE 'app' END,
       floor(4 * pg_temp.square(pg_temp.square(pg_temp.u(o.id, 72))))::smallint,
       to_timestamp(o.placed_s), to_timestamp(o.delivered_s), t.total_cents,
       CASE WHEN pg_temp.u(o.id, 73) < 0.07
            THEN (ARRAY['Please ring twice.', 'Leave it with the neighbour.', 'It is a gift: no invoice in the box.',
                        'Call before delivery.'])[pg_temp.pick(o.id, 74, 4)] END
FROM new_order o
JOIN (SELECT order_id, sum(quantity * (unit_cents - discount_cents)) AS total_cents
      FROM new_line GROUP BY order_id) AS t ON t.order_id = o.id
ORDER BY o.id;

INSERT INTO shop.order_line (order_id, line_no, product_id, quantity, unit_cents, discount_cents)
SELECT order_id, line_no, product_id, quantity, unit_cents, discount_cents
FROM new_line
ORDER BY order_id, line_no;

-- Three in a hundred orders are paid in two parts.
SELECT coalesce(max(id), 0) AS last_payment FROM shop.payment \gset
INSERT INTO shop.payment (id, order_id, method, state, amount_cents, provider_ref, batch_no, paid_at)
SELECT p.id, p.order_id,
       (ARRAY['card', 'card', 'card', 'card', 'wallet', 'wallet', 'transfer', 'transfer', 'invoice',
              'voucher'])[pg_temp.pick(p.id, 80, 10)],
       CASE WHEN p.reversed THEN 'refunded' WHEN p.paid_s > :horizon - 3 * 86400 THEN 'captured' ELSE 'settled' END,
       p.amount_cents, upper(substr(md5('payment' || p.id), 1, 10)) || '-' || p.id,
       1 + (p.paid_s - 1688169600) / 86400, to_timestamp(p.paid_s)
FROM (SELECT :last_payment + row_number() OVER (ORDER BY o.paid_s, o.id, part) AS id, o.id AS order_id, o.paid_s,
             o.cancelled_s IS NOT NULL OR o.returned_s IS NOT NULL AS reversed,
             CASE WHEN n.parts = 1 THEN s.total_cents WHEN part = 1 THEN s.total_cents / 2
                  ELSE s.total_cents - s.total_cents / 2 END AS amount_cents
      FROM new_order o
      JOIN shop.orders s ON s.id = o.id,
           LATERAL (SELECT CASE WHEN pg_temp.u(o.id, 81) < 0.03 THEN 2 ELSE 1 END AS parts) AS n,
           generate_series(1, n.parts) AS part
      WHERE o.paid_s IS NOT NULL) AS p
ORDER BY p.id;

-- One in ten orders leaves in two parcels; two in a hundred parcels are never scanned at the door.
SELECT coalesce(max(id), 0) AS last_shipment, (SELECT count(*) FROM "Lager Süd"."Lagerplatz") AS places
FROM shop.shipment \gset
INSERT INTO shop.shipment (id, order_id, place_no, carrier, tracking_code, weight_grams, shipped_at, delivered_at)
SELECT s.id, s.order_id,
       CASE WHEN pg_temp.u(s.id, 90) < 0.9 THEN pg_temp.pick(s.id, 91, :places) END,
       CASE WHEN pg_temp.u(s.id, 92) < 0.004 THEN 'Pedal Express'
            ELSE (ARRAY['Nordpost', 'Nordpost', 'Nordpost', 'Kurier Blitz', 'Kurier Blitz', 'Ferry Freight',
                        'Alpine Parcel'])[pg_temp.pick(s.id, 98, 7)] END,
       upper(substr(md5('parcel' || s.id), 1, 16)),
       100 + floor(20000 * pg_temp.square(pg_temp.u(s.id, 93)))::int,
       to_timestamp(s.shipped_s),
       CASE WHEN pg_temp.u(s.id, 94) >= 0.02 THEN to_timestamp(s.delivered_s) END
FROM (SELECT :last_shipment + row_number() OVER (ORDER BY o.shipped_s, o.id, part) AS id, o.id AS order_id,
             o.shipped_s, o.delivered_s
      FROM new_order o, generate_series(1, CASE WHEN pg_temp.u(o.id, 95) < 0.1 THEN 2 ELSE 1 END) AS part
      WHERE o.shipped_s IS NOT NULL) AS s
ORDER BY s.id;

SELECT coalesce(max(id), 0) AS last_event FROM shop.order_event \gset
INSERT INTO shop.order_event (id, order_id, kind, occurred_at, detail)
SELECT :last_event + row_number() OVER (ORDER BY e.at_s, o.id, e.step), o.id, e.kind, to_timestamp(e.at_s),
       CASE WHEN pg_temp.u(8 * o.id + e.step, 96) < 0.4
            THEN (ARRAY['{"by": "system"}', '{"by": "buyer", "device": "phone"}', '{"by": "staff", "desk": 4}',
                        '{"by": "carrier", "retry": 1}']::jsonb[])[pg_temp.pick(8 * o.id + e.step, 97, 4)] END
FROM new_order o,
     LATERAL (VALUES (1, 'placed', o.placed_s), (2, 'paid', o.paid_s), (3, 'cancelled', o.cancelled_s),
                     (4, 'packed', o.packed_s), (5, 'shipped', o.shipped_s), (6, 'delivered', o.delivered_s),
                     (7, 'returned', o.returned_s)) AS e (step, kind, at_s)
WHERE e.at_s IS NOT NULL
ORDER BY 1;

SELECT setval(pg_get_serial_sequence('shop.orders', 'id'), :last_order),
       setval(pg_get_serial_sequence('shop.payment', 'id'), (SELECT max(id) FROM shop.payment)),
       setval(pg_get_serial_sequence('shop.shipment', 'id'), (SELECT max(id) FROM shop.shipment)),
       setval(pg_get_serial_sequence('shop.order_event', 'id'), (SELECT max(id) FROM shop.order_event)) \g /dev/null
