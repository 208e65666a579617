-- weight: 40
SELECT id, sku, name, price_cents, tags
FROM shop.product
WHERE tags @> ARRAY['sale', 'gift']
ORDER BY id /*action='sale',controller='catalogue',framework='made_up'*/;
