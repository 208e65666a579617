-- weight: 40
-- A customer writes: the ticket and its first message.
\set tenant random_zipfian(1, 40, 1.1)
\set customer random_zipfian(1, 1000, 1.1)
BEGIN;
INSERT INTO shop.ticket (tenant_id, customer_id, subject, created_at, updated_at)
VALUES (:tenant, :customer, 'Where is my parcel?', '2026-06-30 10:10:00+00', '2026-06-30 10:10:00+00')
RETURNING id AS ticket \gset
INSERT INTO shop.support_message (tenant_id, ticket_id, author, body, sent_at)
VALUES (:tenant, :ticket, 'customer', 'It should have been here a week ago.', '2026-06-30 10:10:00+00');
COMMIT;
