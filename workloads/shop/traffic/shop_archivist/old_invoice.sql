-- weight: 60
\set order random(1, 2000)
SELECT o.invoice_no, o.placed_at, l.line_no, l.article, l.quantity, l.unit_cents
FROM orders o
JOIN order_line l ON l.order_id = o.id
WHERE o.id = :order
ORDER BY l.line_no;
