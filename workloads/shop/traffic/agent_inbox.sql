-- weight: 250
-- An agent's session: the role and the tenant hold until the end of the transaction, and
-- the policies add the tenant to every query.
\set tenant random_zipfian(1, 40, 1.1)
BEGIN;
SET LOCAL ROLE shop_agent;
SET LOCAL app.tenant = ':tenant';
SELECT id, customer_id, subject, tags, created_at
FROM shop.ticket
WHERE status = 'open'
ORDER BY created_at
LIMIT 25;
SELECT id, customer_id, subject, updated_at
FROM shop.ticket
WHERE status = 'closed'
ORDER BY created_at DESC
LIMIT 25;
COMMIT;
