-- weight: 300
\set code random(40, 60)
\set day random(10, 29)
SELECT id, discount, "maxUses"
FROM shop.promotion
WHERE code = 'PROMO:code' AND "validDuring" @> date '2026-06-:day';
