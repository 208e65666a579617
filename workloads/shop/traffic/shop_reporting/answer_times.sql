-- weight: 4
-- How long tenants waited for the first answer, in a CTE with window functions.
\set tenant random(1, 40)
WITH message AS (
    SELECT ticket_id, author, sent_at, sent_at - lag(sent_at) OVER (PARTITION BY ticket_id ORDER BY sent_at) AS waited
    FROM shop.support_message
    WHERE tenant_id = :tenant AND sent_at >= date '2026-06-01' - interval '30 days'
)
SELECT count(*) AS answers, avg(waited) AS mean_wait, max(waited) AS longest_wait
FROM message
WHERE author <> 'customer' AND waited IS NOT NULL;
