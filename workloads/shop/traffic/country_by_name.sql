-- weight: 2500
SELECT code, currency, delivery_days, postage_cents
FROM shop.country
WHERE name = 'Portugal';
