-- weight: 150
\set ticket random(1, 1600)
SELECT id, author, body, sent_at
FROM shop.support_message
WHERE ticket_id = :ticket
ORDER BY sent_at, id;
