-- weight: 500
-- One transaction: the order, two lines and the first event.
\set customer random_zipfian(1, 1000, 1.1)
\set producta random_zipfian(1, 100, 1.1)
\set productb random(101, 200)
\set hour random(10, 23)
BEGIN;
INSERT INTO shop.orders (customer_id, address_id, status, channel, priority, placed_at, total_cents)
VALUES (:customer, :customer, 'placed', 'web', 0, '2026-06-30 :hour:15', 4990)
RETURNING id AS order \gset
INSERT INTO shop.order_line (order_id, line_no, product_id, quantity, unit_cents)
VALUES (:order, 1, :producta, 1, 1990), (:order, 2, :productb, 2, 1500);
INSERT INTO shop.order_event (order_id, kind, occurred_at)
VALUES (:order, 'placed', '2026-06-30 :hour:15');
COMMIT;
