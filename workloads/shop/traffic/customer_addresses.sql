-- weight: 400
\set customer random_zipfian(1, 1000, 1.1)
SELECT id, kind, street, postcode, city, country_code
FROM shop.customer_address
WHERE customer_id = :customer;
