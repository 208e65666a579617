-- weight: 60
-- The newest open ticket of the tenant is read, answered and sometimes solved.
\set tenant random_zipfian(1, 8, 1.1)
\set solved random(1, 4)
BEGIN;
SET LOCAL ROLE shop_agent;
SET LOCAL app.tenant = ':tenant';
SELECT coalesce(max(id), 0) AS ticket FROM shop.ticket WHERE status = 'open' \gset
SELECT id, author, body, sent_at
FROM shop.support_message
WHERE ticket_id = :ticket
ORDER BY sent_at, id;
\if :ticket > 0
INSERT INTO shop.support_message (tenant_id, ticket_id, author, body, sent_at)
VALUES (:tenant, :ticket, 'agent 5', 'We are looking into it.', '2026-06-30 10:00:00+00');
\if :solved = 1
UPDATE shop.ticket
SET status = 'solved', updated_at = '2026-06-30 10:05:00+00', tags = array_append(tags, 'solved')
WHERE id = :ticket AND status <> 'closed';
\endif
\endif
COMMIT;
