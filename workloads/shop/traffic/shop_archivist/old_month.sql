-- weight: 10
\set month random(1, 8)
\set next :month + 1
SELECT count(*) AS orders, sum(total_cents) AS revenue_cents
FROM orders
WHERE placed_at >= date '2022-0:month-01' AND placed_at < date '2022-0:next-01';
