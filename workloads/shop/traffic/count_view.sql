-- weight: 2500
-- An upsert whose update is HOT.
\set product random_zipfian(1, 200, 1.1)
\set hour random(10, 23)
INSERT INTO shop.product_counter (product_id, views, last_view_at)
VALUES (:product, 1, '2026-06-30 :hour:00:00+00')
ON CONFLICT (product_id)
DO UPDATE SET views = product_counter.views + 1, last_view_at = excluded.last_view_at;
