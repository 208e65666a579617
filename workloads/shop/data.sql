-- Fills the tables of schema.sql: psql -v scale=0.1 -f data.sql. Scale 1 is about 1.4 GB.
-- The same scale gives the same rows on every server; the last moment is
-- 2026-06-30 00:00:00+00. Scales from 0.01 to 1 are supported.
\set ON_ERROR_STOP on
\if :{?scale}
\else
  \set scale 0.1
\endif
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
-- VACUUM marks no page all-visible whose rows' commit is not on disk yet.
SET synchronous_commit = on;
\ir functions.sql

SELECT (800000 * :scale)::bigint AS orders,
       (100000 * :scale)::bigint AS customers,
       (20000 * :scale)::bigint  AS products,
       (10000 * :scale)::bigint  AS places,
       1 AS first_order, (800000 * :scale)::bigint AS last_order,
       extract(epoch FROM timestamptz '2026-06-30 00:00:00+00')::bigint AS horizon
\gset

BEGIN;

-- The rows satisfy every foreign key by construction; a superuser skips the checks, which
-- take longer than the rows themselves.
SELECT current_setting('is_superuser')::boolean AS is_superuser \gset
\if :is_superuser
  SET LOCAL session_replication_role = replica;
\endif

INSERT INTO shop.country (code, name, currency, delivery_days, postage_cents)
SELECT code, name, currency, days, 290 + 150 * days
FROM (VALUES
    ('DE', 'Germany', 'EUR', 2), ('AT', 'Austria', 'EUR', 2), ('CH', 'Switzerland', 'CHF', 3),
    ('FR', 'France', 'EUR', 3), ('NL', 'Netherlands', 'EUR', 2), ('BE', 'Belgium', 'EUR', 2),
    ('LU', 'Luxembourg', 'EUR', 2), ('DK', 'Denmark', 'DKK', 3), ('SE', 'Sweden', 'SEK', 4),
    ('NO', 'Norway', 'NOK', 5), ('FI', 'Finland', 'EUR', 5), ('IS', 'Iceland', 'ISK', 9),
    ('IE', 'Ireland', 'EUR', 5), ('GB', 'United Kingdom', 'GBP', 5), ('ES', 'Spain', 'EUR', 4),
    ('PT', 'Portugal', 'EUR', 5), ('IT', 'Italy', 'EUR', 4), ('MT', 'Malta', 'EUR', 8),
    ('GR', 'Greece', 'EUR', 6), ('CY', 'Cyprus', 'EUR', 8), ('SI', 'Slovenia', 'EUR', 4),
    ('HR', 'Croatia', 'EUR', 5), ('HU', 'Hungary', 'HUF', 4), ('SK', 'Slovakia', 'EUR', 4),
    ('CZ', 'Czechia', 'CZK', 3), ('PL', 'Poland', 'PLN', 3), ('LT', 'Lithuania', 'EUR', 5),
    ('LV', 'Latvia', 'EUR', 5), ('EE', 'Estonia', 'EUR', 5), ('RO', 'Romania', 'RON', 6),
    ('BG', 'Bulgaria', 'BGN', 6), ('RS', 'Serbia', 'RSD', 7), ('BA', 'Bosnia and Herzegovina', 'BAM', 8),
    ('ME', 'Montenegro', 'EUR', 8), ('MK', 'North Macedonia', 'MKD', 8), ('AL', 'Albania', 'ALL', 9),
    ('US', 'United States', 'USD', 12), ('CA', 'Canada', 'CAD', 13), ('JP', 'Japan', 'JPY', 14),
    ('AU', 'Australia', 'AUD', 16)) AS c (code, name, currency, days);

-- Eight top categories with five below each.
INSERT INTO shop.category (id, parent_id, name)
SELECT i, NULL, (ARRAY['Garden', 'Kitchen', 'Workshop', 'Office', 'Outdoor', 'Toys', 'Textiles', 'Lighting'])[i]
FROM generate_series(1, 8) AS i;
INSERT INTO shop.category (id, parent_id, name)
SELECT 8 + i, 1 + (i - 1) % 8,
       (ARRAY['Basics', 'Premium', 'Spare parts', 'Gift sets', 'Clearance'])[1 + (i - 1) / 8]
FROM generate_series(1, 40) AS i;

-- A fifth of the customers came before the first order, the others as the shop grew.
-- Customers with small numbers order most.
INSERT INTO shop.customer (id, email, display_name, country_code, tier, newsletter, phone, created_at)
SELECT i,
       'buyer' || i || '@mail.example',
       (ARRAY['Ada', 'Bela', 'Cleo', 'Dora', 'Emil', 'Femke', 'Gesa', 'Hugo', 'Iris', 'Jonas', 'Kai', 'Lena',
              'Malin', 'Nils', 'Olga', 'Pia', 'Quirin', 'Rosa', 'Sven', 'Tilda'])[pg_temp.pick(i, 2, 20)]
       || ' ' ||
       (ARRAY['Adler', 'Brandt', 'Castel', 'Dorn', 'Ekberg', 'Fuchs', 'Grau', 'Holm', 'Ivers', 'Jansen', 'Krone',
              'Lund', 'Mohr', 'Novak', 'Osei', 'Petit', 'Rossi', 'Silva', 'Thoma', 'Vogel'])[pg_temp.pick(i, 3, 20)],
       (ARRAY['DE', 'FR', 'NL', 'AT', 'PL', 'IT', 'ES', 'SE', 'CH', 'BE', 'DK', 'CZ', 'GB', 'PT', 'FI', 'IE', 'NO',
              'HU', 'GR', 'RO', 'SK', 'SI', 'HR', 'LT', 'LV', 'EE', 'LU', 'BG', 'US', 'CA', 'JP', 'AU', 'RS', 'MT',
              'CY', 'IS', 'BA', 'ME', 'MK', 'AL'])[1 + floor(40 * pg_temp.square(pg_temp.square(pg_temp.u(i, 4))))::int],
       (CASE WHEN pg_temp.u(i, 5) < 0.78 THEN 'basic' WHEN pg_temp.u(i, 5) < 0.93 THEN 'silver'
             WHEN pg_temp.u(i, 5) < 0.98 THEN 'gold' ELSE 'trade' END)::shop.customer_tier,
       pg_temp.u(i, 6) < 0.71,
       CASE WHEN pg_temp.u(i, 7) < 0.45 THEN '+00 ' || (1000000 + floor(8999999 * pg_temp.u(i, 8)))::int END,
       CASE WHEN i <= 0.2 * :customers
            THEN timestamptz '2021-03-01 00:00:00+00' + interval '850 days' * (i / (0.2 * :customers))
            ELSE timestamptz '2023-07-01 00:00:00+00'
                 + interval '1095 days' * ((sqrt(1 + 15 * (i / (:customers)::float8 - 0.2) / 0.8) - 1) / 3)
       END - interval '1 minute' * (180 + pg_temp.pick(i, 9, 60))
FROM generate_series(1, :customers) AS i;

-- Address i is the delivery address of customer i; half as many more belong to anybody.
INSERT INTO shop.customer_address (id, customer_id, kind, street, postcode, city, country_code)
SELECT a.id, c.id, CASE WHEN a.id <= :customers THEN 'delivery' ELSE 'invoice' END,
       (ARRAY['Mill Lane', 'Station Road', 'Hafenweg', 'Rue du Pont', 'Lindenallee', 'Orchard Row', 'Via Lunga',
              'Kirkegata'])[pg_temp.pick(a.id, 10, 8)] || ' ' || pg_temp.pick(a.id, 11, 180),
       lpad(pg_temp.pick(a.id, 12, 99999)::text, 5, '0'),
       (ARRAY['Northport', 'Elmstead', 'Bergheim', 'Villanova', 'Saint-Roch', 'Sundby', 'Kostrava', 'Greyhaven',
              'Altmark', 'Ponterra'])[pg_temp.pick(a.id, 13, 10)],
       c.country_code
FROM (SELECT i AS id, CASE WHEN i <= :customers THEN i ELSE pg_temp.pick(i, 14, :customers) END AS customer_id
      FROM generate_series(1, :customers + :customers / 2) AS i OFFSET 0) AS a
JOIN shop.customer c ON c.id = a.customer_id
ORDER BY a.id;

INSERT INTO shop.product
       (id, sku, category_id, name, price_cents, weight_grams, active, description, attributes, tags, created_at)
SELECT i, 'SKU-' || lpad(i::text, 6, '0'), 8 + pg_temp.pick(i, 20, 40),
       (ARRAY['Oak', 'Steel', 'Linen', 'Copper', 'Felt', 'Glass', 'Cork', 'Clay', 'Brass', 'Wool'])[pg_temp.pick(i, 21, 10)]
       || ' ' ||
       (ARRAY['lamp', 'chair', 'bowl', 'rake', 'kite', 'shelf', 'clock', 'basket', 'kettle', 'blanket', 'desk',
              'planter'])[pg_temp.pick(i, 22, 12)] || ' no. ' || i,
       199 + floor(39000 * pg_temp.square(pg_temp.u(i, 23)) * pg_temp.u(i, 24))::bigint,
       50 + floor(12000 * pg_temp.square(pg_temp.u(i, 25)))::int,
       pg_temp.u(i, 26) < 0.87,
       CASE WHEN pg_temp.u(i, 27) < 0.8
            THEN repeat('Made to last and easy to mend. ', pg_temp.pick(i, 28, 8)::int) END,
       jsonb_build_object(
           'colour', (ARRAY['white', 'black', 'grey', 'green', 'blue', 'red', 'yellow', 'natural'])[pg_temp.pick(i, 100, 8)],
           'size', (ARRAY['S', 'M', 'L', 'XL'])[pg_temp.pick(i, 101, 4)])
       || CASE WHEN pg_temp.u(i, 102) < 0.3 THEN '{"outdoor": true}' ELSE '{}' END::jsonb,
       array_remove(ARRAY[CASE WHEN pg_temp.u(i, 103) < 0.1 THEN 'sale' END, CASE WHEN pg_temp.u(i, 104) < 0.05 THEN 'new' END,
                          CASE WHEN pg_temp.u(i, 105) < 0.3 THEN 'gift' END], NULL),
       timestamptz '2021-03-01 00:00:00+00' + interval '1900 days' * (i / (:products)::float8)
FROM generate_series(1, :products) AS i;

INSERT INTO "Lager Süd"."Lagerplatz" ("Platz Nr", "Gang", "Regal", "Höhe (cm)")
SELECT i, chr(64 + pg_temp.pick(i, 30, 26)::int), 1 + i % 40, 30 + 10 * pg_temp.pick(i, 31, 8)
FROM generate_series(1, :places) AS i;

-- Every article lies at twenty places; the steps between them keep the pairs distinct.
-- A lot ("Charge") is found in about ten rows.
INSERT INTO "Lager Süd"."Bestand"
       ("Platz Nr", "Artikel Nr", "Menge", "Mindestmenge", "Charge", "Maß ""Zoll""", "geprüft am")
SELECT 1 + (pg_temp.pick(p, 32, :places) + k * (:places / 23)) % :places, p,
       floor(400 * pg_temp.square(pg_temp.u(20 * p + k, 33)))::int, 5 * pg_temp.pick(p, 34, 6)::int,
       'C-' || lpad(pg_temp.pick(20 * p + k, 35, 2 * :products)::text, 5, '0'),
       CASE WHEN pg_temp.u(20 * p + k, 36) < 0.6 THEN (pg_temp.pick(p, 37, 4000) / 100.0)::numeric(5,2) END,
       CASE WHEN pg_temp.u(20 * p + k, 38) < 0.7
            THEN date '2026-06-30' - pg_temp.pick(20 * p + k, 39, 700)::int END
FROM generate_series(1, :products) AS p, generate_series(0, 19) AS k;

\ir generate.sql
\ir generate_service.sql
\ir generate_history.sql

-- Identity columns go on where the generated numbers end.
SELECT setval(pg_get_serial_sequence('shop.customer', 'id'), :customers),
       setval(pg_get_serial_sequence('shop.customer_address', 'id'), :customers + :customers / 2),
       setval(pg_get_serial_sequence('shop.product', 'id'), :products) \g /dev/null

COMMIT;

VACUUM (ANALYZE) shop.country, shop.customer, shop.customer_address, shop.category, shop.product, shop.orders,
    shop.order_line, shop.payment, shop.shipment, shop.order_event, "Lager Süd"."Lagerplatz", "Lager Süd"."Bestand",
    shop.review, shop.product_counter, shop.cart_item, shop.session, shop.promotion, shop.job, shop.tenant, shop.ticket,
    shop.support_message, shop.site_event, shop_archive.orders, shop_archive.order_line;

-- Orders change while they are on their way. A DELETE that is taken back leaves every row where it is, and its page
-- not all-visible: half of the orders' pages, and of their lines'.
BEGIN;
\if :is_superuser
  SET LOCAL session_replication_role = replica;
\endif
DELETE FROM shop.orders WHERE id % 160 = 0;
DELETE FROM shop.order_line WHERE order_id % 72 = 0;
ROLLBACK;
-- Two tables live on updates: no VACUUM keeps up with them, and hardly a page of them is all-visible.
UPDATE shop.product_counter SET views = views WHERE product_id % 8 = 0;
UPDATE shop.session SET requests = requests WHERE uuid_hash(token) % 8 = 0;
ANALYZE shop.orders, shop.order_line, shop.product_counter, shop.session;
