-- The old orders of a customer. The table has the name of another one in schema shop.
-- weight: 150
SELECT id, placed_at, total_cents, invoice_no
FROM shop_archive.orders
WHERE customer_id = 17
ORDER BY placed_at DESC;

-- How often a product was sold back then: an index with all columns need not visit the table.
-- weight: 120
SELECT count(*) AS times, sum(quantity) AS pieces, sum(quantity * unit_cents) AS revenue_cents
FROM shop_archive.order_line
WHERE product_id = 23;

-- One old invoice: two primary keys.
-- weight: 60
SELECT o.invoice_no, o.placed_at, l.line_no, l.article, l.quantity, l.unit_cents
FROM shop_archive.orders o
JOIN shop_archive.order_line l ON l.order_id = o.id
WHERE o.id = 777
ORDER BY l.line_no;

-- The old orders of a month; an index on the column exists.
-- weight: 10
SELECT count(*) AS orders, sum(total_cents) AS revenue_cents
FROM shop_archive.orders
WHERE placed_at >= '2022-11-01 00:00:00+00' AND placed_at < '2022-12-01 00:00:00+00';
