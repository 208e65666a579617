-- weight: 30
\set month random(1, 8)
\set next :month + 1
SELECT country_code, count(*) AS customers
FROM shop.customer
WHERE created_at >= '2025-0:month-01' AND created_at < '2025-0:next-01'
GROUP BY country_code;
