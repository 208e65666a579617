-- weight: 1500
\set customer random_zipfian(1, 1000, 1.1)
SELECT id, display_name, country_code, tier, newsletter
FROM shop.customer
WHERE email = 'buyer:customer@mail.example';
