-- weight: 20
-- All tenants at once: the role bypasses row level security.
\set tenant random(10, 40)
SELECT tenant, status, count(*) AS tickets, min(created_at) AS oldest
FROM shop.ticket_board
WHERE tenant_id <= :tenant
GROUP BY tenant, status
ORDER BY tickets DESC;
