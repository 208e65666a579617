-- weight: 500
\set order random(1, 8000)
UPDATE shop.orders
SET status = 'packed'
WHERE id = :order;
