-- weight: 40
\set batch random(1000, 1095)
UPDATE shop.payment
SET state = 'settled'
WHERE batch_no = :batch AND state = 'captured';
