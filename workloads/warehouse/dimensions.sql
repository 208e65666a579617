-- The dimensions; included by data.sql inside a transaction. Days, regions, cities, makers, models, tariffs, segments
-- and technicians have the same rows at every scale.

INSERT INTO mart.day (day, year, quarter, month, week, weekday, season, holiday, is_workday)
SELECT d, extract(year FROM d), extract(quarter FROM d), extract(month FROM d), extract(week FROM d), extract(isodow FROM d),
       (ARRAY['winter', 'winter', 'spring', 'spring', 'spring', 'summer', 'summer', 'summer', 'autumn', 'autumn',
              'autumn', 'winter'])[extract(month FROM d)],
       h.name, h.name IS NULL AND extract(isodow FROM d) < 6
FROM (SELECT date '2022-07-01' + i AS d FROM generate_series(0, 1460) AS i) AS days
LEFT JOIN (VALUES ('01-01', 'New Year'), ('03-20', 'Spring Day'), ('05-01', 'May Day'), ('08-11', 'Harvest'),
                  ('10-31', 'Lantern Night'), ('12-24', 'Winter Eve'), ('12-25', 'Winter Day')) AS h (month_day, name)
       ON h.month_day = to_char(d, 'MM-DD');

INSERT INTO mart.region (id, name, land, grid_operator)
SELECT i,
       (ARRAY['Aldermark', 'Brunholm', 'Castria', 'Dunvale', 'Eskmoor', 'Farrowland', 'Grimsey', 'Hallin', 'Isenwald',
              'Jorvania', 'Keldmark', 'Lowen', 'Marn', 'Nordreach', 'Ostery', 'Penhallow'])[i],
       (ARRAY['Westland', 'Westland', 'Westland', 'Midland', 'Midland', 'Eastland', 'Eastland', 'Isles'])[1 + (i - 1) % 8],
       (ARRAY['Netz Eins', 'Greyline', 'Volta Grid', 'Union Power', 'Isle Energy'])[1 + i % 5]
FROM generate_series(1, 16) AS i;

-- Cities with small numbers are large and have most of the sites; names are distinct.
INSERT INTO mart.city (id, name, region_id, population, climate, postcode_area)
SELECT c.i,
       (ARRAY['Al', 'Bren', 'Cor', 'Dal', 'El', 'Fen', 'Gar', 'Hol', 'Il', 'Kar', 'Lin', 'Mor', 'Nor', 'Ost', 'Pel',
              'Ros', 'Sal', 'Tor', 'Ul', 'Wes'])[1 + c.a]
       || (ARRAY['bridge', 'bury', 'by', 'dale', 'dorf', 'field', 'ford', 'haven', 'heim', 'holt', 'ia', 'leigh', 'mere',
                 'mouth', 'stad', 'stead', 'ton', 'vik', 'ville', 'wick'])[1 + (c.b + 7 * c.a) % 20],
       c.region, 4000 + (2600000 / (c.i + 1)) + pg_temp.pick(c.i, 1, 9000)::int,
       (ARRAY['oceanic', 'oceanic', 'continental', 'alpine', 'continental', 'arctic'])[1 + c.region % 6],
       chr(64 + c.region) || lpad(c.i::text, 3, '0')
FROM (SELECT i, (i - 1) % 20 AS a, (i - 1) / 20 AS b,
             1 + floor(16 * pg_temp.square(pg_temp.u(i, 2)))::int AS region
      FROM generate_series(1, 400) AS i) AS c;

-- Sites opened in the order of their numbers, two fifths of them before the first charge. Small places have motorway
-- sites and depots, large ones kerbs and car parks.
INSERT INTO mart.site (id, code, name, city_id, region_id, kind, landlord, bays, opened_on, closed_on, amenities)
SELECT s.i, 'S-' || c.postcode_area || '-' || lpad(s.i::text, 5, '0'),
       c.name || ' ' || (ARRAY['Station', 'Market', 'Harbour', 'East', 'West', 'Arena', 'Mill', 'Park', 'Hospital',
                               'University'])[pg_temp.pick(s.i, 10, 10)] || ' ' || pg_temp.pick(s.i, 11, 40),
       c.id, c.region_id,
       CASE WHEN c.id <= 60 THEN (ARRAY['kerb', 'kerb', 'kerb', 'car park', 'car park', 'supermarket', 'supermarket',
                                        'depot'])[pg_temp.pick(s.i, 12, 8)]
            ELSE (ARRAY['motorway', 'motorway', 'motorway', 'supermarket', 'supermarket', 'depot', 'car park',
                        'kerb'])[pg_temp.pick(s.i, 12, 8)] END,
       (ARRAY['City Works', 'Parkraum', 'Greenmart', 'Autohof', 'Stadtwerke', 'Trustland', 'Harbour Board',
              'Private'])[1 + floor(8 * pg_temp.square(pg_temp.u(s.i, 13)))::int],
       2 + floor(30 * pg_temp.square(pg_temp.square(pg_temp.u(s.i, 14))))::smallint,
       s.opened_on,
       CASE WHEN pg_temp.u(s.i, 15) < 0.05
            THEN least(s.opened_on + 200 + pg_temp.pick(s.i, 16, 1400)::int, date '2026-06-29') END,
       array_remove(ARRAY[CASE WHEN pg_temp.u(s.i, 17) < 0.6 THEN 'lighting' END, CASE WHEN pg_temp.u(s.i, 18) < 0.3 THEN 'wc' END,
                          CASE WHEN pg_temp.u(s.i, 19) < 0.15 THEN 'cafe' END, CASE WHEN pg_temp.u(s.i, 20) < 0.1 THEN 'roof' END,
                          CASE WHEN pg_temp.u(s.i, 21) < 0.03 THEN 'playground' END,
                          CASE WHEN pg_temp.u(s.i, 22) < 0.01 THEN 'car wash' END], NULL)
FROM (SELECT i, 1 + floor(400 * pg_temp.square(pg_temp.square(pg_temp.u(i, 23))))::int AS city_id,
             date '2018-03-01' + (3000 * (i / (:sites)::float8))::int AS opened_on
      FROM generate_series(1, :sites) AS i OFFSET 0) AS s
JOIN mart.city c ON c.id = s.city_id
ORDER BY s.i;

INSERT INTO mart.maker (id, name, land)
SELECT i, (ARRAY['Ampera', 'Blitzwerk', 'Coulomb & Co', 'Dynalis', 'Elektra', 'Faradico', 'Galvanta', 'Henry Bros', 'Induct',
                 'Joulex', 'Kelvin', 'Lumenor', 'Magneta', 'Nordvolt', 'Ohmstad', 'Polder', 'Quanta', 'Resista', 'Sparkline',
                 'Tessera', 'Unigrid', 'Voltano', 'Wattson', 'Zenith'])[i],
       (ARRAY['Westland', 'Midland', 'Eastland', 'Isles', 'Farland'])[1 + i % 5]
FROM generate_series(1, 24) AS i;

-- The power determines the plug.
INSERT INTO mart.charger_model (id, maker_id, name, power_kw, plug, launched_on, spec)
SELECT m.i, m.maker, upper(substr(md5('model' || m.i), 1, 3)) || '-' || m.power, m.power,
       CASE WHEN m.power <= 22 THEN 'type 2' WHEN m.power <= 50 THEN 'combined old' ELSE 'combined' END,
       date '2016-01-01' + (m.i * 18),
       jsonb_build_object('power', m.power, 'cable_m', 3 + pg_temp.pick(m.i, 30, 5),
                          'display', (ARRAY['none', 'text', 'touch'])[pg_temp.pick(m.i, 31, 3)])
       || CASE WHEN pg_temp.u(m.i, 32) < 0.08 THEN '{"bidirectional": true}' ELSE '{}' END::jsonb
FROM (SELECT i, 1 + floor(24 * pg_temp.square(pg_temp.u(i, 33)))::int AS maker,
             (ARRAY[11, 11, 22, 22, 22, 50, 50, 150, 150, 300])[pg_temp.pick(i, 34, 10)] AS power
      FROM generate_series(1, 180) AS i) AS m;

-- Every site has a charger, sites with small numbers have more; the serial number begins with the maker.
INSERT INTO mart.charger (id, site_id, model_id, serial, firmware, status, installed_on, inspected_on)
SELECT c.i, c.site, c.model,
       upper(left(k.name, 3)) || '-' || lpad(c.model::text, 3, '0') || '-' || upper(substr(md5('charger' || c.i), 1, 10)),
       (1 + c.model % 5) || '.' || pg_temp.pick(c.i, 40, 6) || '.' || floor(20 * pg_temp.square(pg_temp.u(c.i, 41)))::int,
       CASE WHEN pg_temp.u(c.i, 42) < 0.93 THEN 'live' WHEN pg_temp.u(c.i, 42) < 0.955 THEN 'down'
            WHEN pg_temp.u(c.i, 42) < 0.965 THEN 'recalled' ELSE 'retired' END,
       c.installed_on,
       CASE WHEN pg_temp.u(c.i, 43) < 0.8 THEN date '2026-06-29' - floor(800 * pg_temp.square(pg_temp.u(c.i, 44)))::int END
FROM (SELECT i, CASE WHEN i <= :sites THEN i ELSE 1 + floor(:sites * pg_temp.square(pg_temp.u(i, 45)))::int END AS site,
             1 + floor(180 * pg_temp.square(pg_temp.u(i, 46)))::int AS model,
             date '2018-03-05' + (3000 * (i / (:chargers)::float8))::int AS installed_on
      FROM generate_series(1, :chargers) AS i OFFSET 0) AS c
JOIN mart.charger_model m ON m.id = c.model
JOIN mart.maker k ON k.id = m.maker_id
ORDER BY c.i;

INSERT INTO mart.tariff_family (id, name, audience)
VALUES (1, 'Everyday', 'private'), (2, 'Commuter', 'private'), (3, 'Night', 'private'), (4, 'Fleet', 'business'),
       (5, 'Depot', 'business'), (6, 'Roaming', 'partner'), (7, 'Trial', 'private'), (8, 'On the spot', 'anybody');

-- Tariffs 1 to 105 are for cards, the others are paid on the spot.
INSERT INTO mart.tariff (id, family_id, name, band, cents_per_kwh, valid_from, valid_to)
SELECT t.i, f.id, f.name || ' ' || t.i,
       CASE WHEN t.price < 40 THEN 'low' WHEN t.price < 60 THEN 'middle' ELSE 'high' END, t.price,
       date '2021-01-01' + 15 * t.i, CASE WHEN pg_temp.u(t.i, 51) < 0.4 THEN date '2023-01-01' + 10 * t.i END
FROM (SELECT i, CASE WHEN i > 105 THEN 8 ELSE 1 + floor(7 * pg_temp.u(i, 52))::int END AS family,
             29 + (CASE WHEN i > 105 THEN 30 ELSE 0 END) + floor(40 * pg_temp.u(i, 53))::int AS price
      FROM generate_series(1, 120) AS i) AS t
JOIN mart.tariff_family f ON f.id = t.family
ORDER BY t.i;

INSERT INTO mart.segment (id, name, is_business)
SELECT i, (ARRAY['private', 'family', 'student', 'small firm', 'taxi', 'courier', 'car sharing', 'rental', 'municipal',
                 'haulage', 'partner', 'staff'])[i], i > 3 AND i < 12
FROM generate_series(1, 12) AS i;

-- Accounts with small numbers are the oldest and charge most; most live in a few cities. Three in a hundred are
-- deleted, which a time stamp says.
INSERT INTO mart.account (id, number, name, email, segment_id, city_id, status, joined_on, left_on, referred_by,
                          credit_cents, preferences, deleted_at)
SELECT a.i, 'K' || lpad(a.i::text, 8, '0'), a.name, replace(a.name, ' ', '.') || '.' || a.i || '@Post.example',
       1 + floor(12 * pg_temp.square(pg_temp.square(pg_temp.u(a.i, 60))))::int,
       1 + floor(400 * pg_temp.square(pg_temp.u(a.i, 61)))::int,
       CASE WHEN a.gone THEN 'closed' WHEN pg_temp.u(a.i, 62) < 0.09 THEN 'dormant'
            WHEN pg_temp.u(a.i, 62) < 0.095 THEN 'suspended' ELSE 'active' END,
       a.joined_on,
       CASE WHEN a.gone THEN least(a.joined_on + pg_temp.pick(a.i, 63, 900)::int, date '2026-06-28') END,
       CASE WHEN pg_temp.u(a.i, 64) < 0.12 AND a.i > 50 THEN pg_temp.pick(a.i, 65, a.i / 2)::int END,
       CASE WHEN pg_temp.u(a.i, 66) < 0.05 THEN -pg_temp.pick(a.i, 67, 20000)
            WHEN pg_temp.u(a.i, 66) < 0.3 THEN pg_temp.pick(a.i, 67, 5000) ELSE 0 END,
       jsonb_build_object('language', (ARRAY['en', 'de', 'fr', 'nl', 'sv'])[1 + floor(5 * pg_temp.square(pg_temp.u(a.i, 68)))::int],
                          'newsletter', pg_temp.u(a.i, 69) < 0.4)
       || CASE WHEN pg_temp.u(a.i, 70) < 0.12 THEN '{"roaming": true}' ELSE '{}' END::jsonb
       || CASE WHEN pg_temp.u(a.i, 71) < 0.008 THEN '{"pilot": "feed-in"}' ELSE '{}' END::jsonb,
       CASE WHEN a.gone AND pg_temp.u(a.i, 72) < 0.75 THEN timestamptz '2026-06-29 00:00:00+00' - interval '1 hour' * pg_temp.pick(a.i, 73, 20000) END
FROM (SELECT i, pg_temp.u(i, 74) < 0.04 AS gone,
             (ARRAY['Agnes', 'Bruno', 'Carla', 'Dario', 'Edda', 'Falk', 'Greta', 'Henk', 'Ines', 'Jarl', 'Karin', 'Ludo',
                    'Mina', 'Noel', 'Orla', 'Piet', 'Rhea', 'Sixten', 'Thea', 'Udo'])[pg_temp.pick(i, 75, 20)] || ' ' ||
             (ARRAY['Albers', 'Bakker', 'Corvin', 'Dahl', 'Eklund', 'Ferro', 'Gruber', 'Hansen', 'Imhof', 'Jonker', 'Kowal',
                    'Lang', 'Maes', 'Nyberg', 'Olsen', 'Pauli', 'Renz', 'Sommer', 'Toth', 'Ude', 'Vidal', 'Winter', 'Xander',
                    'Young', 'Zeller'])[pg_temp.pick(i, 76, 25)] AS name,
             date '2019-01-01' + (2730 * (i / (:accounts)::float8))::int AS joined_on
      FROM generate_series(1, :accounts) AS i OFFSET 0) AS a
ORDER BY a.i;

INSERT INTO mart.vehicle_model (id, brand, name, class, battery_kwh)
SELECT i, (ARRAY['Arrow', 'Borealis', 'Cirrus', 'Drift', 'Ember', 'Flux', 'Glide', 'Halcyon', 'Ion', 'Juniper'])[1 + b],
       (ARRAY['One', 'Two', 'City', 'Cross', 'Estate', 'Van', 'Sport'])[1 + i % 7] || ' ' || (2014 + i % 12),
       (ARRAY['small', 'middle', 'small', 'off-road', 'estate', 'van', 'sport'])[1 + i % 7],
       22 + 12 * (i % 7) + pg_temp.pick(i, 80, 10)::int
FROM (SELECT i, floor(10 * pg_temp.square(pg_temp.u(i, 81)))::int AS b FROM generate_series(1, 300) AS i) AS v;

-- Card i belongs to account i, as long as there are accounts; the rest goes to accounts with small numbers.
INSERT INTO mart.card (id, account_id, code, vehicle_model_id, issued_on, blocked_at)
SELECT c.i, c.account, upper(substr(md5('card' || c.i), 1, 12)),
       CASE WHEN pg_temp.u(c.i, 85) < 0.8 THEN 1 + floor(300 * pg_temp.square(pg_temp.u(c.i, 86)))::int END,
       least(a.joined_on + pg_temp.pick(c.i, 87, CASE WHEN c.i <= :accounts THEN 20 ELSE 1500 END)::int, date '2026-06-29'),
       CASE WHEN pg_temp.u(c.i, 88) < 0.04 THEN timestamptz '2026-06-29 00:00:00+00' - interval '1 minute' * pg_temp.pick(c.i, 89, 1500000) END
FROM (SELECT i, CASE WHEN i <= :accounts THEN i ELSE 1 + floor(:accounts * pg_temp.square(pg_temp.u(i, 90)))::int END AS account
      FROM generate_series(1, :cards) AS i OFFSET 0) AS c
JOIN mart.account a ON a.id = c.account
ORDER BY c.i;

-- The first sixteen lead the teams of the regions.
INSERT INTO mart.technician (id, name, region_id, lead_id, hired_on, skills)
SELECT i, 'Tech ' || chr(65 + i % 26) || chr(97 + i % 7) || ' ' || i, 1 + (i - 1) % 16,
       CASE WHEN i > 16 THEN 1 + (i - 1) % 16 END, date '2019-01-01' + 11 * i,
       array_remove(ARRAY['low voltage', CASE WHEN pg_temp.u(i, 95) < 0.3 THEN 'high voltage' END,
                          CASE WHEN pg_temp.u(i, 96) < 0.2 THEN 'software' END, CASE WHEN pg_temp.u(i, 97) < 0.1 THEN 'hydraulics' END], NULL)
FROM generate_series(1, 240) AS i;
