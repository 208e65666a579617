-- weight: 80
\set month random(1, 6)
\set day random(10, 27)
\set next :day + 1
SELECT method, state, count(*) AS payments, sum(amount_cents) AS amount_cents
FROM shop.payment
WHERE paid_at >= '2026-0:month-:day' AND paid_at < '2026-0:month-:next'
GROUP BY method, state;
