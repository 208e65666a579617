-- weight: 100
SELECT customer_id, count(*) AS sessions, max(last_seen_at) AS last_seen_at
FROM shop.session
GROUP BY customer_id
HAVING count(*) > 3
ORDER BY customer_id
LIMIT 50;
