-- weight: 10
-- The N+1 pattern through row level security: the open tickets, then the messages of each.
\set tenant random_zipfian(1, 8, 1.1)
BEGIN;
SET LOCAL ROLE shop_agent;
SET LOCAL app.tenant = ':tenant';
SELECT coalesce(min(id) FILTER (WHERE place = 1), 0) AS first, coalesce(min(id) FILTER (WHERE place = 2), 0) AS second,
       coalesce(min(id) FILTER (WHERE place = 3), 0) AS third, coalesce(min(id) FILTER (WHERE place = 4), 0) AS fourth
FROM (SELECT id, row_number() OVER (ORDER BY created_at) AS place
      FROM shop.ticket WHERE status = 'open' ORDER BY created_at LIMIT 4) AS newest \gset
SELECT id, author, body, sent_at FROM shop.support_message WHERE ticket_id = :first ORDER BY sent_at, id;
SELECT id, author, body, sent_at FROM shop.support_message WHERE ticket_id = :second ORDER BY sent_at, id;
SELECT id, author, body, sent_at FROM shop.support_message WHERE ticket_id = :third ORDER BY sent_at, id;
SELECT id, author, body, sent_at FROM shop.support_message WHERE ticket_id = :fourth ORDER BY sent_at, id;
COMMIT;
