-- weight: 800
-- The site sends its visits in pairs; a few devices have a wrong clock.
\set customer random_zipfian(1, 1000, 1.1)
\set session random(900000, 999999)
\set product random_zipfian(1, 200, 1.1)
\set hour random(10, 23)
\set clock random(1, 200)
\if :clock = 1
INSERT INTO shop.site_event (occurred_at, customer_id, session_no, kind, path)
VALUES ('2020-01-02 :hour:00:00+00', NULL, :session, 'view', '/product/:product');
\else
INSERT INTO shop.site_event (occurred_at, customer_id, session_no, kind, path)
VALUES ('2026-06-30 :hour:00:00+00', :customer, :session, 'search', '/search?q=lamp'),
       ('2026-06-30 :hour:00:09+00', :customer, :session, 'view', '/product/:product');
\endif
