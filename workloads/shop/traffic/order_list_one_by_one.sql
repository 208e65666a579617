-- weight: 20
-- A page that asks once for the list and then once for each of its rows: the N+1 pattern.
\set customer random_zipfian(1, 1000, 1.1)
\set order random(1, 7990)
SELECT id, placed_at, status, total_cents
FROM shop.orders
WHERE customer_id = :customer
ORDER BY placed_at DESC
LIMIT 10;
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
\set order :order + 1
SELECT line_no, product_id, quantity, unit_cents FROM shop.order_line WHERE order_id = :order;
