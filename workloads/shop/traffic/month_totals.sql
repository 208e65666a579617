-- weight: 4
SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC') AS month, status, priority,
       count(*) AS orders, sum(total_cents) AS revenue_cents, max(delivered_at - placed_at) AS slowest
FROM shop.orders
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;
