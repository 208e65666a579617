-- weight: 150
-- The table is shop_archive.orders: the role's search_path says so.
\set customer random(1, 200)
SELECT id, placed_at, total_cents, invoice_no
FROM orders
WHERE customer_id = :customer
ORDER BY placed_at DESC;
