-- Fills the tables of schema.sql: psql -v scale=0.1 -f data.sql. Scale 1 is about 1.5 GB.
-- The same scale gives the same rows on every server; time ends at 2026-06-30 00:00:00+00.
-- Scales from 0.01 to 1 are supported.
\set ON_ERROR_STOP on
\if :{?scale}
\else
  \set scale 0.1
\endif
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET jit = off;
-- VACUUM marks no page all-visible whose rows' commit is not on disk yet.
SET synchronous_commit = on;
\ir ../shop/functions.sql

SELECT (12000 * :scale)::int      AS sites,
       (40000 * :scale)::int      AS chargers,
       (200000 * :scale)::int     AS accounts,
       (260000 * :scale)::int     AS cards,
       (5000000 * :scale)::bigint AS charges,
       (3200000 * :scale)::bigint AS invoice_lines,
       (400000 * :scale)::bigint  AS faults,
       (400000 * :scale)::bigint  AS feedbacks,
       extract(epoch FROM timestamptz '2022-07-01 00:00:00+00')::bigint AS first_second,
       1461 * 86400               AS seconds
\gset

BEGIN;
\ir dimensions.sql
\ir facts.sql
\ir keys.sql
COMMIT;

VACUUM (ANALYZE) mart.day, mart.region, mart.city, mart.site, mart.maker, mart.charger_model, mart.charger,
    mart.tariff_family, mart.tariff, mart.segment, mart.account, mart.vehicle_model, mart.card, mart.technician,
    mart.charge, mart.invoice_line, mart.site_day, mart.fault, mart.feedback;
