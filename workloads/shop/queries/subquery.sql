-- Ten customers with their last order: a correlated subquery.
-- weight: 6
SELECT c.id, c.display_name,
       (SELECT max(o.placed_at) FROM shop.orders o WHERE o.customer_id = c.id) AS last_order
FROM shop.customer c
WHERE c.id BETWEEN 31 AND 40;
