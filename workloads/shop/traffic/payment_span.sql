-- weight: 60
SELECT min(paid_at) AS first_paid, max(paid_at) AS last_paid
FROM shop.payment;
