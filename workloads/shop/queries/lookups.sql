-- One order by its primary key.
-- weight: 6000
SELECT id, customer_id, status, channel, placed_at, delivered_at, total_cents, note
FROM shop.orders
WHERE id = 4711;

-- Login by the unique email address.
-- weight: 1500
SELECT id, display_name, country_code, tier, newsletter
FROM shop.customer
WHERE email = 'buyer42@mail.example';

-- A country by its name: the table has one page.
-- weight: 2500
SELECT code, currency, delivery_days, postage_cents
FROM shop.country
WHERE name = 'Portugal';

-- The articles of a shopping basket: an IN list on a unique column.
-- weight: 1200
SELECT id, sku, name, price_cents, weight_grams, active
FROM shop.product
WHERE sku IN ('SKU-000003', 'SKU-000018', 'SKU-000077', 'SKU-000131', 'SKU-000199');

-- Track a parcel; two equal indexes exist on the column.
-- weight: 700
SELECT id, order_id, carrier, shipped_at, delivered_at
FROM shop.shipment
WHERE tracking_code = 'C1CA7CF639CDBF6E';

-- The addresses of a customer: a foreign key without an index.
-- weight: 400
SELECT id, kind, street, postcode, city, country_code
FROM shop.customer_address
WHERE customer_id = 12;

-- The parcels of an order: a foreign key without an index.
-- weight: 250
SELECT id, carrier, tracking_code, shipped_at, delivered_at
FROM shop.shipment
WHERE order_id = 777;

-- Unfinished orders of a few trade buyers: two IN lists.
-- weight: 80
SELECT id, customer_id, status, placed_at, total_cents
FROM shop.orders
WHERE customer_id IN (2, 5, 9, 31, 64) AND status IN ('placed', 'paid', 'packed')
ORDER BY placed_at;
