-- weight: 700
\set product random_zipfian(1, 200, 1.1)
SELECT id, customer_id, stars, title, created_at
FROM shop.live_review
WHERE product_id = :product
ORDER BY created_at DESC
LIMIT 10;
