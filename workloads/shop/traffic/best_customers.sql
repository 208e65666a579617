-- weight: 3
-- A report in two steps: CREATE TEMP TABLE AS, then a join with the result.
\set month random(1, 5)
\set next :month + 1
BEGIN;
CREATE TEMP TABLE best ON COMMIT DROP AS
SELECT customer_id, sum(total_cents) AS revenue_cents
FROM shop.orders
WHERE placed_at >= date '2026-0:month-01' AND placed_at < date '2026-0:next-01'
GROUP BY customer_id
ORDER BY revenue_cents DESC
LIMIT 20;
SELECT c.display_name, c.tier, b.revenue_cents
FROM best b
JOIN shop.customer c ON c.id = b.customer_id
ORDER BY b.revenue_cents DESC;
COMMIT;
