-- Products with some attributes: containment of jsonb.
-- weight: 60
SELECT id, sku, name, price_cents
FROM shop.product
WHERE attributes @> '{"colour": "red", "size": "M"}' AND active
ORDER BY price_cents
LIMIT 24;

-- What is on sale: containment of an array.
-- weight: 40
SELECT id, sku, name, price_cents, tags
FROM shop.product
WHERE tags @> ARRAY['sale', 'gift']
ORDER BY id;

-- The newest reviews of a product that nobody took down, through a view: a partial index exists.
-- weight: 700
SELECT id, customer_id, stars, title, created_at
FROM shop.live_review
WHERE product_id = 23
ORDER BY created_at DESC
LIMIT 10;

-- A review is taken down: soft delete.
-- weight: 15
UPDATE shop.review
SET deleted_at = '2026-06-30 07:00:00+00'
WHERE id = 1200 AND deleted_at IS NULL;

-- A new review: an INSERT.
-- weight: 40
INSERT INTO shop.review (product_id, customer_id, stars, title, body, created_at)
VALUES (23, 19, 4, 'As described', NULL, '2026-06-30 07:05:00+00');

-- The promotion behind a code: a table of one page.
-- weight: 300
SELECT id, discount, "maxUses"
FROM shop.promotion
WHERE code = 'PROMO55' AND "validDuring" @> date '2026-06-29';
