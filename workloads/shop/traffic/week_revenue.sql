-- weight: 15
\set month random(1, 6)
\set day random(10, 21)
\set next :day + 7
SELECT ca.name AS category, co.name AS country, count(DISTINCT o.id) AS orders,
       sum(l.quantity * (l.unit_cents - l.discount_cents)) AS revenue_cents
FROM shop.orders o
JOIN shop.order_line l ON l.order_id = o.id
JOIN shop.product p ON p.id = l.product_id
JOIN shop.category ca ON ca.id = p.category_id
JOIN shop.customer cu ON cu.id = o.customer_id
JOIN shop.country co ON co.code = cu.country_code
WHERE o.placed_at >= '2026-0:month-:day' AND o.placed_at < '2026-0:month-:next'
  AND o.status <> 'cancelled'
GROUP BY ca.name, co.name
ORDER BY revenue_cents DESC;
