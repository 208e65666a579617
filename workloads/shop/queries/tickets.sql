-- The inbox of a tenant: two equalities and the order of the page.
-- weight: 250
SELECT id, customer_id, subject, tags, created_at
FROM shop.ticket
WHERE tenant_id = 7 AND status = 'open'
ORDER BY created_at
LIMIT 25;

-- What a tenant closed last.
-- weight: 90
SELECT id, customer_id, subject, updated_at
FROM shop.ticket
WHERE tenant_id = 7 AND status = 'closed'
ORDER BY created_at DESC
LIMIT 25;

-- The messages of a ticket: a foreign key without an index.
-- weight: 200
SELECT id, author, body, sent_at
FROM shop.support_message
WHERE ticket_id = 1234 AND tenant_id = 3
ORDER BY sent_at, id;

-- Open tickets of a tenant with what was written: a join by a foreign key without an index.
-- weight: 30
SELECT t.id, t.subject, m.author, m.sent_at, m.body
FROM shop.ticket t
JOIN shop.support_message m ON m.ticket_id = t.id
WHERE t.tenant_id = 7 AND t.status = 'open'
ORDER BY t.id, m.sent_at;

-- The board of all tenants, through a view with a security barrier.
-- weight: 20
SELECT tenant, status, count(*) AS tickets, min(created_at) AS oldest
FROM shop.ticket_board
WHERE tenant_id <= 20
GROUP BY tenant, status
ORDER BY tickets DESC;

-- The newest tickets of an agent's tenant, through a view with the rights of the reader.
-- weight: 40
SELECT id, subject, display_name, created_at
FROM shop.agent_ticket
WHERE tenant_id = 3 AND status = 'waiting'
ORDER BY created_at DESC
LIMIT 10;

-- An agent answers: an INSERT.
-- weight: 60
INSERT INTO shop.support_message (tenant_id, ticket_id, author, body, sent_at)
VALUES (14, 1500, 'agent 5', 'We are looking into it.', '2026-06-30 10:00:00+00');

-- A ticket is solved: an UPDATE that changes a column of an expected index.
-- weight: 30
UPDATE shop.ticket
SET status = 'solved', updated_at = '2026-06-30 10:05:00+00', tags = array_append(tags, 'solved')
WHERE id = 1500 AND status <> 'closed';
