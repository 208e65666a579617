-- weight: 120
-- LIKE with a prefix of varying length.
\set letter random(1, 3)
\if :letter = 1
SELECT id, display_name, email, country_code FROM shop.customer
WHERE display_name LIKE 'Ada Ek%' ORDER BY display_name, id LIMIT 20;
\elif :letter = 2
SELECT id, display_name, email, country_code FROM shop.customer
WHERE display_name LIKE 'Tilda%' ORDER BY display_name, id LIMIT 20;
\else
SELECT id, display_name, email, country_code FROM shop.customer
WHERE display_name LIKE 'Hugo Vogel%' ORDER BY display_name, id LIMIT 20;
\endif
