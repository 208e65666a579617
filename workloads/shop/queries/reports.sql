-- Revenue of a week by category and country: five joins.
-- weight: 15
SELECT ca.name AS category, co.name AS country, count(DISTINCT o.id) AS orders,
       sum(l.quantity * (l.unit_cents - l.discount_cents)) AS revenue_cents
FROM shop.orders o
JOIN shop.order_line l ON l.order_id = o.id
JOIN shop.product p ON p.id = l.product_id
JOIN shop.category ca ON ca.id = p.category_id
JOIN shop.customer cu ON cu.id = o.customer_id
JOIN shop.country co ON co.code = cu.country_code
WHERE o.placed_at >= '2026-06-15 00:00:00+00' AND o.placed_at < '2026-06-22 00:00:00+00'
  AND o.status <> 'cancelled'
GROUP BY ca.name, co.name
ORDER BY revenue_cents DESC;

-- Orders by month, status and priority: reads everything, no index can help.
-- weight: 4
SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC') AS month, status, priority,
       count(*) AS orders, sum(total_cents) AS revenue_cents, max(delivered_at - placed_at) AS slowest
FROM shop.orders
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- Customers of the web shop: the column has two values, and two thirds of the rows match.
-- weight: 12
SELECT customer_id, count(*) AS orders, sum(total_cents) AS revenue_cents, max(placed_at) AS last_order,
       count(delivered_at) AS delivered, max(priority) AS priority
FROM shop.orders
WHERE channel = 'web'
GROUP BY customer_id
ORDER BY revenue_cents DESC
LIMIT 100;

-- New customers of a month by country; the existing index on created_at is enough.
-- weight: 30
SELECT country_code, count(*) AS customers
FROM shop.customer
WHERE created_at >= '2026-06-01 00:00:00+00' AND created_at < '2026-07-01 00:00:00+00'
GROUP BY country_code;
