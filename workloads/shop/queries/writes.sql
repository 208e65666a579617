-- The provider settles a day: an UPDATE by a column without an index.
-- weight: 40
UPDATE shop.payment
SET state = 'settled'
WHERE batch_no = 1094 AND state = 'captured';

-- A lot is called back: a DELETE by a column without an index.
-- weight: 60
DELETE FROM "Lager Süd"."Bestand"
WHERE "Charge" = 'C-00042';

-- An order goes out: an UPDATE by primary key that changes a column of the packing list.
-- weight: 500
UPDATE shop.orders
SET status = 'packed'
WHERE id = 7001;

-- A scanner reports: an INSERT into the append-only table.
-- weight: 2000
INSERT INTO shop.order_event (order_id, kind, occurred_at, detail)
VALUES (7001, 'packed', '2026-06-30 06:15:00+00', '{"by": "staff", "desk": 2}');

-- A new order: an INSERT.
-- weight: 500
INSERT INTO shop.orders (customer_id, address_id, status, channel, priority, placed_at, total_cents)
VALUES (17, 17, 'placed', 'web', 0, '2026-06-30 06:20:00+00', 4990);
