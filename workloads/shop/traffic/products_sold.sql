-- weight: 40
\set producta random(1, 200)
\set productb random(1, 200)
\set productc random(1, 200)
\set productd random(1, 200)
SELECT product_id, count(*) AS times, sum(quantity) AS pieces, sum(discount_cents) AS discount_cents
FROM shop.order_line
WHERE product_id IN (:producta, :productb, :productc, :productd)
GROUP BY product_id;
