-- The lines of one invoice.
-- weight: 400
SELECT kind, cents, tax_cents, paid_on
FROM mart.invoice_line
WHERE invoice_no = 1947
ORDER BY id;

-- What one account has not paid: equality and IS NULL.
-- weight: 150
SELECT invoice_no, billed_on, sum(cents + tax_cents) AS cents
FROM mart.invoice_line
WHERE account_id = 7 AND paid_on IS NULL
GROUP BY invoice_no, billed_on
ORDER BY billed_on;

-- The worst payers: unpaid lines with several reminders, which are few.
-- weight: 60
SELECT l.account_id, a.name, count(*) AS lines, sum(l.cents) AS cents
FROM mart.invoice_line l
JOIN mart.account a ON a.id = l.account_id
WHERE l.paid_on IS NULL AND l.reminders >= 4 AND l.billed_on < '2026-04-01'
GROUP BY l.account_id, a.name
ORDER BY cents DESC
LIMIT 30;

-- Billing run of one month by kind: a range of dates in no physical order.
-- weight: 20
SELECT kind, count(*) AS lines, sum(cents) AS cents, sum(tax_cents) AS tax_cents
FROM mart.invoice_line
WHERE billed_on >= '2024-11-01' AND billed_on < '2024-12-01'
GROUP BY kind
ORDER BY kind;

-- Money that came in on one day, by tariff family.
-- weight: 45
SELECT f.name, count(*) AS lines, sum(l.cents + l.tax_cents) AS cents
FROM mart.invoice_line l
JOIN mart.tariff t ON t.id = l.tariff_id
JOIN mart.tariff_family f ON f.id = t.family_id
WHERE l.paid_on = '2026-02-17'
GROUP BY f.name
ORDER BY cents DESC;

-- Credits above twenty-four euros: an equality and a range.
-- weight: 30
SELECT id, account_id, billed_on, cents
FROM mart.invoice_line
WHERE kind = 'credit' AND cents < -2400
ORDER BY cents, id
LIMIT 100;

-- Blocking fees of the accounts of one city in one year: from the city to the facts.
-- weight: 25
SELECT a.id, a.name, count(*) AS fees, sum(l.cents) AS cents
FROM mart.city c
JOIN mart.account a ON a.city_id = c.id
JOIN mart.invoice_line l ON l.account_id = a.id
WHERE c.name = 'Elheim' AND l.kind = 'blocking fee' AND l.billed_on >= '2025-07-01'
GROUP BY a.id, a.name
ORDER BY cents DESC, a.id
LIMIT 20;

-- Lines with a memo that begins so and so: a mostly null column, LIKE with a prefix.
-- weight: 30
SELECT account_id, invoice_no, billed_on, memo
FROM mart.invoice_line
WHERE memo LIKE 'Charged twice%' AND billed_on >= '2026-04-01' AND kind = 'base fee'
ORDER BY billed_on, id;

-- The largest line of each kind in one month: DISTINCT ON.
-- weight: 12
SELECT DISTINCT ON (kind) kind, id, account_id, cents
FROM mart.invoice_line
WHERE billed_on BETWEEN '2026-05-01' AND '2026-05-31'
ORDER BY kind, cents DESC, id;

-- Revenue by year, month and kind with subtotals: ROLLUP over everything. No index can help.
-- weight: 2
SELECT d.year, d.month, l.kind, sum(l.cents) AS cents, count(*) AS lines
FROM mart.invoice_line l
JOIN mart.day d ON d.day = l.billed_on
GROUP BY ROLLUP (d.year, d.month, l.kind)
ORDER BY d.year, d.month, l.kind;

-- Accounts that were billed in May and not in June: a set operation.
-- weight: 10
SELECT account_id FROM mart.invoice_line WHERE billed_on BETWEEN '2026-05-01' AND '2026-05-03' AND kind = 'roaming'
EXCEPT
SELECT account_id FROM mart.invoice_line WHERE billed_on BETWEEN '2026-06-01' AND '2026-06-03'
ORDER BY account_id
LIMIT 200;

-- The highest lines of a day beside what the account usually gets: LATERAL over the same table.
-- weight: 10
SELECT l.account_id, l.invoice_no, l.cents, usual.cents AS usual_cents
FROM (SELECT account_id, invoice_no, cents FROM mart.invoice_line
      WHERE billed_on = '2026-06-02' ORDER BY cents DESC LIMIT 6) AS l
CROSS JOIN LATERAL (
    SELECT avg(o.cents)::int AS cents FROM mart.invoice_line o
    WHERE o.account_id = l.account_id AND o.kind = 'energy') AS usual
ORDER BY l.cents DESC;
