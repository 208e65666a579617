-- An account by the number on its bill: the existing unique index.
-- weight: 500
SELECT id, name, email, status
FROM mart.account
WHERE number = 'K00000731';

-- An account by its e-mail address in any case: an expression.
-- weight: 350
SELECT id, number, name
FROM mart.account
WHERE lower(email) = lower('carla.jonker.419@POST.example') AND deleted_at IS NULL;

-- People whose name begins with ...: LIKE with a prefix, among those not deleted.
-- weight: 80
SELECT id, name, number, joined_on
FROM mart.account
WHERE name LIKE 'Mina Ma%' AND deleted_at IS NULL
ORDER BY joined_on DESC
LIMIT 50;

-- The card behind a code that a reader sends.
-- weight: 450
SELECT ca.id, ca.blocked_at, a.status, v.brand, v.battery_kwh
FROM mart.card ca
JOIN mart.account a ON a.id = ca.account_id
LEFT JOIN mart.vehicle_model v ON v.id = ca.vehicle_model_id
WHERE ca.code = (SELECT upper(substr(md5('card' || 77), 1, 12)));

-- Cards of one account: the existing indexes, one of which is enough.
-- weight: 90
SELECT id, code, issued_on
FROM mart.card
WHERE account_id = 44
ORDER BY issued_on DESC;

-- Suspended accounts of one city: a rare status.
-- weight: 60
SELECT a.id, a.name, a.credit_cents
FROM mart.account a
JOIN mart.city c ON c.id = a.city_id
WHERE a.status = 'suspended' AND c.name = 'Albridge'
ORDER BY a.credit_cents;

-- Those who owe most: top-N over a column that is mostly zero.
-- weight: 50
SELECT id, name, credit_cents
FROM mart.account
WHERE deleted_at IS NULL
ORDER BY credit_cents
LIMIT 20;

-- Accounts of the pilot: containment of jsonb.
-- weight: 40
SELECT id, number, name
FROM mart.account
WHERE preferences @> '{"pilot": "feed-in"}' AND status = 'active'
ORDER BY id;

-- Whom an account brought in, and whom these did: a self join, then a recursion.
-- weight: 60
WITH RECURSIVE brought (id, depth) AS (
    SELECT id, 1 FROM mart.account WHERE referred_by = 3
    UNION ALL
    SELECT a.id, b.depth + 1 FROM brought b JOIN mart.account a ON a.referred_by = b.id WHERE b.depth < 6)
SELECT depth, count(*) AS accounts FROM brought GROUP BY depth ORDER BY depth;

-- The cards blocked last with what they charged in the two months before: NULLs out of the way, a correlated subquery.
-- weight: 35
SELECT ca.id, ca.blocked_at, a.name,
       (SELECT sum(ch.cents) FROM mart.charge ch
        WHERE ch.card_id = ca.id AND ch.started_at BETWEEN ca.blocked_at - interval '60 days' AND ca.blocked_at) AS cents
FROM (SELECT id, account_id, blocked_at FROM mart.card
      WHERE blocked_at IS NOT NULL ORDER BY blocked_at DESC LIMIT 8) AS ca
JOIN mart.account a ON a.id = ca.account_id
ORDER BY ca.blocked_at DESC;

-- The three accounts of each segment that joined last: a window function over everything.
-- weight: 8
SELECT segment, name, joined_on
FROM (SELECT sg.name AS segment, a.name, a.joined_on,
             row_number() OVER (PARTITION BY a.segment_id ORDER BY a.joined_on DESC, a.id) AS place
      FROM mart.account a
      JOIN mart.segment sg ON sg.id = a.segment_id
      WHERE a.status = 'active') AS ranked
WHERE place <= 3
ORDER BY segment, place;

-- Active business accounts without a card: an anti join, a rare segment.
-- weight: 25
SELECT a.id, a.name, a.joined_on
FROM mart.account a
JOIN mart.segment sg ON sg.id = a.segment_id
WHERE sg.name = 'haulage' AND a.status = 'active'
  AND NOT EXISTS (SELECT FROM mart.card ca WHERE ca.account_id = a.id AND ca.vehicle_model_id IS NOT NULL)
ORDER BY a.id;
