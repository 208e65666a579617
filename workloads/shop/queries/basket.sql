-- An article goes into the basket: an upsert.
-- weight: 600
INSERT INTO shop.cart_item (customer_id, product_id, quantity, added_at)
VALUES (133, 71, 1, '2026-06-30 08:00:00+00')
ON CONFLICT (customer_id, product_id)
DO UPDATE SET quantity = cart_item.quantity + excluded.quantity, added_at = excluded.added_at;

-- The basket of a customer; the primary key starts with the column.
-- weight: 700
SELECT p.id, p.sku, p.name, p.price_cents, c.quantity
FROM shop.cart_item c
JOIN shop.product p ON p.id = c.product_id
WHERE c.customer_id = 133
ORDER BY c.added_at;

-- The basket was ordered: a DELETE by the beginning of the primary key.
-- weight: 200
DELETE FROM shop.cart_item
WHERE customer_id = 177;

-- A product was looked at: an upsert that stays HOT.
-- weight: 2500
INSERT INTO shop.product_counter (product_id, views, last_view_at)
VALUES (42, 1, '2026-06-30 08:10:00+00')
ON CONFLICT (product_id)
DO UPDATE SET views = product_counter.views + 1, last_view_at = excluded.last_view_at;

-- What is looked at most; an index on views would end HOT.
-- weight: 15
SELECT product_id, views, baskets
FROM shop.product_counter
ORDER BY views DESC
LIMIT 10;
