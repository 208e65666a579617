-- From when to when there are payments: min and max.
-- weight: 60
SELECT min(paid_at) AS first_paid, max(paid_at) AS last_paid
FROM shop.payment;

-- The daily settlement by method.
-- weight: 80
SELECT method, state, count(*) AS payments, sum(amount_cents) AS amount_cents
FROM shop.payment
WHERE paid_at >= '2026-06-29 00:00:00+00' AND paid_at < '2026-06-30 00:00:00+00'
GROUP BY method, state;

-- Large payments by voucher, for a look by a person: equality and a range.
-- weight: 60
SELECT id, order_id, amount_cents, paid_at, provider_ref
FROM shop.payment
WHERE method = 'voucher' AND amount_cents >= 120000
ORDER BY amount_cents DESC;
