-- weight: 1200
\set skua random(100, 199)
\set skub random(100, 199)
\set skuc random(100, 199)
\set skud random(100, 199)
\set skue random(100, 199)
SELECT id, sku, name, price_cents, weight_grams, active
FROM shop.product
WHERE sku IN ('SKU-000:skua', 'SKU-000:skub', 'SKU-000:skuc', 'SKU-000:skud', 'SKU-000:skue');
