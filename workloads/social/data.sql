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

SELECT (200000 * :scale)::int AS people,
       (16000 * :scale)::int  AS clubs,
       (1600000 * :scale)::int AS posts,
       (2000000 * :scale)::int AS remarks,
       (120000 * :scale)::int AS incidents,
       extract(epoch FROM timestamptz '2020-07-01 00:00:00+00')::bigint AS first_second,
       2190 * 86400           AS seconds
\gset

BEGIN;
\ir people.sql
\ir posts.sql
\ir keys.sql
COMMIT;

VACUUM (ANALYZE) plaza.language, plaza.country, plaza.place, plaza.person, plaza.handle, plaza.device_kind, plaza.device,
    plaza.follow, plaza.topic, plaza.club, plaza.club_member, plaza.post, plaza.post_topic, plaza.media, plaza.mention,
    plaza.reaction_kind, plaza.reaction, plaza.remark, plaza.team, plaza.moderator, plaza.rule, plaza.incident;
