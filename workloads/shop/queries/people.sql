-- Login whatever the case: an expression that an index exists for.
-- weight: 900
SELECT id, email, display_name, tier
FROM shop.customer
WHERE lower(email) = lower('Buyer271@Mail.Example');

-- People by the beginning of their name: LIKE, served by an index with text_pattern_ops.
-- weight: 120
SELECT id, display_name, email, country_code
FROM shop.customer
WHERE display_name LIKE 'Ada Ek%'
ORDER BY display_name, id
LIMIT 20;

-- Readers of the newsletter by country: the column has two values, and most rows match.
-- weight: 8
SELECT country_code, count(*) AS readers, count(phone) AS with_phone, max(created_at) AS latest
FROM shop.customer
WHERE newsletter
GROUP BY country_code
ORDER BY readers DESC;
