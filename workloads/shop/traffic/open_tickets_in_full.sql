-- weight: 30
\set tenant random_zipfian(1, 40, 1.1)
SELECT t.id, t.subject, m.author, m.sent_at, m.body
FROM shop.ticket t
JOIN shop.support_message m ON m.ticket_id = t.id
WHERE t.tenant_id = :tenant AND t.status = 'open'
ORDER BY t.id, m.sent_at;
