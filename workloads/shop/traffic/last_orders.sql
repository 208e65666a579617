-- weight: 6
\set first random(1, 900)
\set last :first + 9
SELECT c.id, c.display_name,
       (SELECT max(o.placed_at) FROM shop.orders o WHERE o.customer_id = c.id) AS last_order
FROM shop.customer c
WHERE c.id BETWEEN :first AND :last;
