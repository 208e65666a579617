-- weight: 12
SELECT customer_id, count(*) AS orders, sum(total_cents) AS revenue_cents, max(placed_at) AS last_order,
       count(delivered_at) AS delivered, max(priority) AS priority
FROM shop.orders
WHERE channel = 'web'
GROUP BY customer_id
ORDER BY revenue_cents DESC
LIMIT 100;
