-- weight: 15
-- Soft delete; now and then a moderator changes their mind.
\set review random(1, 1500)
\set again random(1, 5)
UPDATE shop.review
SET deleted_at = '2026-06-30 07:00:00+00'
WHERE id = :review AND deleted_at IS NULL;
\if :again = 1
UPDATE shop.review SET deleted_at = NULL WHERE id = :review;
\endif
