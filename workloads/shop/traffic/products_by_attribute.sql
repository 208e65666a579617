-- weight: 60
\set size random(1, 2)
\if :size = 1
SELECT id, sku, name, price_cents
FROM shop.product
WHERE attributes @> '{"colour": "red", "size": "M"}' AND active
ORDER BY price_cents
LIMIT 24;
\else
SELECT id, sku, name, price_cents
FROM shop.product
WHERE attributes @> '{"outdoor": true}' AND active
ORDER BY price_cents
LIMIT 24;
\endif
