-- weight: 40
\set product random_zipfian(1, 200, 1.1)
\set customer random_zipfian(1, 1000, 1.1)
\set stars random(1, 5)
INSERT INTO shop.review (product_id, customer_id, stars, title, body, created_at)
VALUES (:product, :customer, :stars, 'As described', NULL, '2026-06-30 07:05:00+00');
