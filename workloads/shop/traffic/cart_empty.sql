-- weight: 200
\set customer random_zipfian(1, 1000, 1.1)
DELETE FROM shop.cart_item
WHERE customer_id = :customer;
