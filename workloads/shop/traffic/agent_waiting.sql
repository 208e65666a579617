-- weight: 40
-- Through the view that applies the policies of its reader.
\set tenant random_zipfian(1, 40, 1.1)
BEGIN;
SET LOCAL ROLE shop_agent;
SET LOCAL app.tenant = ':tenant';
SELECT id, subject, display_name, created_at
FROM shop.agent_ticket
WHERE status = 'waiting'
ORDER BY created_at DESC
LIMIT 10;
COMMIT;
