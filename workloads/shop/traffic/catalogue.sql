-- weight: 300
\set category random(9, 48)
SELECT id, sku, name, price_cents
FROM shop.product
WHERE category_id = :category AND active
ORDER BY price_cents
LIMIT 24;
