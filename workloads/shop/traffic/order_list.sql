-- weight: 150
-- One statement, lists of different lengths, as mappers write them.
\set first random_zipfian(1, 7000, 1.1)
\set length random_exponential(1, 4, 2)
\set a :first + 11
\set b :first + 23
\set c :first + 47
\set d :first + 95
\set e :first + 191
\set f :first + 383
\if :length = 1
SELECT id, status, total_cents FROM shop.orders WHERE id IN (:first, :a);
\elif :length = 2
SELECT id, status, total_cents FROM shop.orders WHERE id IN (:first, :a, :b);
\elif :length = 3
SELECT id, status, total_cents FROM shop.orders WHERE id IN (:first, :a, :b, :c, :d);
\else
SELECT id, status, total_cents FROM shop.orders WHERE id IN (:first, :a, :b, :c, :d, :e, :f);
\endif
