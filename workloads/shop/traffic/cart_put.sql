-- weight: 600
-- An upsert: the same article again adds to the quantity.
\set customer random_zipfian(1, 1000, 1.1)
\set product random_zipfian(1, 200, 1.1)
\set hour random(10, 23)
INSERT INTO shop.cart_item (customer_id, product_id, quantity, added_at)
VALUES (:customer, :product, 1, '2026-06-30 :hour:00:00+00')
ON CONFLICT (customer_id, product_id)
DO UPDATE SET quantity = cart_item.quantity + excluded.quantity, added_at = excluded.added_at
/*action='put',controller='cart',framework='made_up'*/;
