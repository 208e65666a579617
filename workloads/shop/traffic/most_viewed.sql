-- weight: 15
SELECT product_id, views, baskets
FROM shop.product_counter
ORDER BY views DESC
LIMIT 10;
