-- weight: 700
\set customer random_zipfian(1, 1000, 1.1)
SELECT p.id, p.sku, p.name, p.price_cents, c.quantity
FROM shop.cart_item c
JOIN shop.product p ON p.id = c.product_id
WHERE c.customer_id = :customer
ORDER BY c.added_at /*action='show',controller='cart',framework='made_up'*/;
