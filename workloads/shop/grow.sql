-- Adds five percent to the growing tables (orders, order_line, payment, shipment,
-- order_event) with dates after the last load, about five weeks of them, and does not
-- analyze: the statistics are stale afterwards. Existing rows stay as they are. May be
-- run again; each run adds the same number of orders.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
\ir functions.sql

SELECT count(*) AS orders FROM shop.orders WHERE placed_at <= '2026-06-30 00:00:00+00' \gset
SELECT count(*) AS customers FROM shop.customer \gset
SELECT count(*) AS products FROM shop.product \gset
SELECT max(id) + 1 AS first_order, max(id) + :orders / 20 AS last_order FROM shop.orders \gset

-- The horizon is the moment at which the last new order is placed.
SELECT 1688169600 + floor(94608000 * ((sqrt(1 + 15 * (:last_order / (:orders)::float8)) - 1) / 3) + 9000)::bigint AS horizon
\gset

BEGIN;
SELECT current_setting('is_superuser')::boolean AS is_superuser \gset
\if :is_superuser
  SET LOCAL session_replication_role = replica;
\endif
\ir generate.sql
COMMIT;
