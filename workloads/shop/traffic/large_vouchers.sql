-- weight: 60
\set thousands random(110, 150)
SELECT id, order_id, amount_cents, paid_at, provider_ref
FROM shop.payment
WHERE method = 'voucher' AND amount_cents >= :thousands * 1000
ORDER BY amount_cents DESC;
