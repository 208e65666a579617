-- weight: 120
\set product random_zipfian(1, 200, 1.1)
SELECT count(*) AS times, sum(quantity) AS pieces, sum(quantity * unit_cents) AS revenue_cents
FROM order_line
WHERE product_id = :product;
