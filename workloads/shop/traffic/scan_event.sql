-- weight: 2000
\set order random(1, 8000)
\set hour random(10, 23)
INSERT INTO shop.order_event (order_id, kind, occurred_at, detail)
VALUES (:order, 'packed', '2026-06-30 :hour:15', '{"by": "staff", "desk": 2}');
