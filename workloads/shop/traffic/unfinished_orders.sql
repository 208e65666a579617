-- weight: 80
\set customera random_zipfian(1, 1000, 1.1)
\set customerb random_zipfian(1, 1000, 1.1)
\set customerc random_zipfian(1, 1000, 1.1)
\set customerd random_zipfian(1, 1000, 1.1)
\set customere random_zipfian(1, 1000, 1.1)
SELECT id, customer_id, status, placed_at, total_cents
FROM shop.orders
WHERE customer_id IN (:customera, :customerb, :customerc, :customerd, :customere) AND status IN ('placed', 'paid', 'packed')
ORDER BY placed_at;
