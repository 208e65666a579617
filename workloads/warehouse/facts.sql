-- The fact tables; included by data.sql inside a transaction. Times are whole seconds until they are stored.

-- The rate of charges grows fourfold over the four years, linearly. Chargers and cards take part once they exist;
-- those with small numbers are used most. Fast chargers deliver more in less time.
CREATE TEMP TABLE charger_power ON COMMIT DROP AS
SELECT c.id, c.site_id, m.power_kw FROM mart.charger c JOIN mart.charger_model m ON m.id = c.model_id;
ANALYZE charger_power;

INSERT INTO mart.charge (id, started_at, day, charger_id, site_id, card_id, tariff_id, watt_hours, minutes, cents,
                         stop_reason, state)
SELECT c.id, to_timestamp(c.at), to_timestamp(c.at)::date, c.charger_id, c.site_id, c.card_id, c.tariff_id, c.watt_hours,
       5 + (0.06 * c.watt_hours / c.power_kw)::int + pg_temp.pick(c.id, 100, 40)::int,
       (c.watt_hours::bigint * t.cents_per_kwh / 1000)::int,
       CASE WHEN c.stop < 0.68 THEN 'driver' WHEN c.stop < 0.91 THEN 'full' WHEN c.stop < 0.97 THEN 'time'
            WHEN c.stop < 0.998 THEN 'fault' ELSE 'emergency' END,
       CASE WHEN c.id > 0.999 * :charges AND c.fate > 0.5 THEN 'open' WHEN c.fate < 0.004 THEN 'disputed'
            WHEN c.fate < 0.013 THEN 'void' ELSE 'billed' END
FROM (SELECT r.id, r.at, r.charger_id, p.site_id, p.power_kw, r.stop, r.fate,
             CASE WHEN r.spot >= 0.14 THEN r.card_id END AS card_id,
             CASE WHEN r.spot >= 0.14 THEN 1 + floor(105 * pg_temp.square(pg_temp.u(r.id, 101)))::int
                  ELSE 105 + pg_temp.pick(r.id, 102, 15)::int END AS tariff_id,
             2000 + floor((CASE WHEN p.power_kw > 50 THEN 60000 WHEN p.power_kw > 22 THEN 40000 ELSE 25000 END)
                          * pg_temp.u(r.id, 103))::int AS watt_hours
      FROM (SELECT i AS id,
                   greatest(:first_second, :first_second + floor((:seconds - 1) * ((sqrt(1 + 15 * (i / (:charges)::float8)) - 1) / 3)
                                                                 - 1200 * pg_temp.u(i, 104))::bigint) AS at,
                   1 + floor(pg_temp.square(pg_temp.u(i, 105)) * (:chargers * (0.4 + 0.6 * i / (:charges)::float8) - 1))::int AS charger_id,
                   1 + floor(pg_temp.square(pg_temp.u(i, 106)) * (:cards * (0.4 + 0.6 * i / (:charges)::float8) - 1))::int AS card_id,
                   pg_temp.u(i, 107) AS spot, pg_temp.u(i, 108) AS stop, pg_temp.u(i, 109) AS fate
            FROM generate_series(1, :charges) AS i OFFSET 0) AS r
      JOIN charger_power p ON p.id = r.charger_id OFFSET 0) AS c
JOIN mart.tariff t ON t.id = c.tariff_id
ORDER BY c.id;

-- Bills go out on the first three days of a month, more of them each year.
INSERT INTO mart.invoice_line (id, invoice_no, account_id, tariff_id, billed_on, kind, cents, tax_cents, reminders, paid_on, memo)
SELECT l.id, l.account_id::bigint * 100 + l.month, l.account_id, 1 + floor(105 * pg_temp.square(pg_temp.u(l.id, 110)))::int,
       l.billed_on, l.kind, l.cents, (l.cents * 0.2)::int,
       CASE WHEN l.late < 0.03 THEN pg_temp.pick(l.id, 111, 4) ELSE 0 END,
       CASE WHEN l.late >= 0.015 AND l.billed_on + l.days < date '2026-06-30' THEN l.billed_on + l.days END,
       CASE WHEN pg_temp.u(l.id, 112) < 0.03
            THEN (ARRAY['Corrected by hand.', 'Goodwill, see letter.', 'Charged twice, taken back.',
                        'Meter exchanged.'])[pg_temp.pick(l.id, 113, 4)] END
FROM (SELECT r.id, r.month, r.account_id, r.kind, r.late, r.days,
             (date '2022-07-01' + r.month * interval '1 month')::date + floor(3 * pg_temp.square(pg_temp.u(r.id, 114)))::int AS billed_on,
             CASE r.kind WHEN 'energy' THEN 300 + floor(14000 * r.size)::int WHEN 'base fee' THEN 499
                         WHEN 'credit' THEN -100 - floor(2500 * r.size)::int ELSE 200 + floor(4000 * r.size)::int END AS cents
      FROM (SELECT i AS id, least(47, floor(48 * sqrt(pg_temp.u(i, 115)))::int) AS month,
                   1 + floor(:accounts * pg_temp.square(pg_temp.u(i, 116)))::int AS account_id,
                   CASE WHEN pg_temp.u(i, 117) < 0.62 THEN 'energy' WHEN pg_temp.u(i, 117) < 0.87 THEN 'base fee'
                        WHEN pg_temp.u(i, 117) < 0.94 THEN 'roaming' WHEN pg_temp.u(i, 117) < 0.985 THEN 'blocking fee'
                        ELSE 'credit' END AS kind,
                   pg_temp.square(pg_temp.u(i, 118)) AS size, pg_temp.u(i, 119) AS late,
                   3 + floor(60 * pg_temp.square(pg_temp.square(pg_temp.u(i, 120))))::int AS days
            FROM generate_series(1, :invoice_lines) AS i OFFSET 0) AS r OFFSET 0) AS l;

INSERT INTO mart.site_day (site_id, day, charges, watt_hours, peak_kw, occupied_minutes, down_minutes)
SELECT s.id, d.day, n.charges, n.charges::bigint * (9000 + pg_temp.pick(n.seed, 130, 14000)),
       least(n.charges, s.bays) * (ARRAY[11, 22, 50, 150])[pg_temp.pick(n.seed, 131, 4)],
       least(1440, n.charges * 45 + pg_temp.pick(n.seed, 132, 60)::int),
       CASE WHEN pg_temp.u(n.seed, 133) < 0.04 THEN pg_temp.pick(n.seed, 134, 1440)::int ELSE 0 END
FROM mart.day d
JOIN mart.site s ON s.opened_on <= d.day AND (s.closed_on IS NULL OR s.closed_on > d.day),
     LATERAL (SELECT (d.day - date '2022-07-01') * 16384::bigint + s.id AS seed,
                     floor((s.bays + 2) * (CASE WHEN d.is_workday THEN 2 ELSE 1 END)
                           * pg_temp.u((d.day - date '2022-07-01') * 16384::bigint + s.id, 135))::int AS charges OFFSET 0) AS n
WHERE d.day > date '2026-06-30' - 301
ORDER BY d.day, s.id;

-- Some models fail more than others, and each maker has its favourite codes. What happened lately is not closed yet.
INSERT INTO mart.fault (id, charger_id, technician_id, code, severity, status, opened_at, closed_at, cost_cents, labels, detail, description)
SELECT f.id, f.charger_id, CASE WHEN f.stage <> 'open' THEN f.technician_id END,
       (ARRAY['E', 'M', 'S', 'C'])[1 + f.code_no % 4] || (100 + f.code_no), 1 + f.code_no % 5, f.stage,
       to_timestamp(f.at),
       CASE WHEN f.stage IN ('closed', 'rejected') THEN to_timestamp(f.at + 1800 + floor(900000 * pg_temp.square(pg_temp.square(f.time)))::bigint) END,
       CASE WHEN f.stage = 'closed' AND f.time > 0.3 THEN 1500 + floor(60000 * pg_temp.square(f.time))::int END,
       array_remove(ARRAY[CASE WHEN f.tag < 0.2 THEN 'remote' END, CASE WHEN f.tag > 0.9 THEN 'warranty' END,
                          CASE WHEN f.tag > 0.48 AND f.tag < 0.495 THEN 'vandalism' END,
                          CASE WHEN f.tag > 0.5 AND f.tag < 0.503 THEN 'injury' END], NULL),
       jsonb_build_object('firmware', 'v' || (1 + f.charger_id % 5), 'phase', 1 + f.id % 3)
       || CASE WHEN f.tag < 0.01 THEN '{"replaced": "main board"}' WHEN f.tag < 0.05 THEN '{"replaced": "cable"}' ELSE '{}' END::jsonb,
       (ARRAY['Cable', 'Display', 'Card reader', 'Breaker', 'Meter', 'Fan', 'Modem', 'Socket'])[1 + f.code_no % 8] || ' ' ||
       (ARRAY['does not answer', 'is torn', 'shows nothing', 'trips at once', 'counts too fast', 'is loud', 'lost the network',
              'is stuck'])[pg_temp.pick(f.id, 140, 8)] ||
       (ARRAY['', ', seen by a driver', ', after rain', ', again', ', since the update'])[pg_temp.pick(f.id, 141, 5)] ||
       CASE WHEN pg_temp.u(f.id, 142) < 0.004 THEN ', smoke was seen' ELSE '' END
FROM (SELECT r.*, floor(10 * pg_temp.square(pg_temp.u(r.id, 143)))::int + 10 * ((r.charger_id * 7) % 4) AS code_no,
             CASE WHEN r.id > 0.985 * :faults AND r.fate < 0.6
                  THEN (ARRAY['open', 'open', 'assigned', 'waiting for parts'])[1 + floor(4 * r.fate / 0.6)::int]
                  WHEN r.fate > 0.996 THEN 'waiting for parts' WHEN r.fate > 0.97 THEN 'rejected' ELSE 'closed' END AS stage
      FROM (SELECT i AS id, 1 + floor(pg_temp.square(pg_temp.u(i, 144)) * (:chargers * (0.4 + 0.6 * i / (:faults)::float8) - 1))::int AS charger_id,
                   1 + floor(240 * pg_temp.square(pg_temp.u(i, 145)))::int AS technician_id,
                   :first_second + floor((:seconds - 300000) * (i / (:faults)::float8) + 200000 * pg_temp.u(i, 146))::bigint AS at,
                   pg_temp.u(i, 147) AS fate, pg_temp.u(i, 148) AS time, pg_temp.u(i, 149) AS tag
            FROM generate_series(1, :faults) AS i OFFSET 0) AS r OFFSET 0) AS f;

INSERT INTO mart.feedback (id, site_id, account_id, stars, language, posted_at, answered_at, deleted_at, body)
SELECT f.id, f.site_id, CASE WHEN pg_temp.u(f.id, 160) < 0.7 THEN 1 + floor(:accounts * pg_temp.square(pg_temp.u(f.id, 161)))::int END,
       CASE WHEN f.mood < 0.45 THEN 5 WHEN f.mood < 0.75 THEN 4 WHEN f.mood < 0.86 THEN 3 WHEN f.mood < 0.92 THEN 2 ELSE 1 END,
       (ARRAY['en', 'de', 'fr', 'nl', 'sv'])[1 + floor(5 * pg_temp.square(pg_temp.u(f.id, 162)))::int],
       to_timestamp(f.at), CASE WHEN f.mood > 0.8 AND pg_temp.u(f.id, 163) < 0.85 THEN to_timestamp(f.at + pg_temp.pick(f.id, 164, 400000)) END,
       CASE WHEN pg_temp.u(f.id, 165) < 0.03 THEN to_timestamp(f.at + pg_temp.pick(f.id, 166, 900000)) END,
       (CASE WHEN f.mood < 0.75 THEN ARRAY['Quick and easy', 'Always free', 'Good light at night', 'Fair price', 'Nice coffee next door']
             ELSE ARRAY['Out of order again', 'Blocked by a van', 'Card refused', 'Far too dear', 'The cable is too short'] END)[pg_temp.pick(f.id, 167, 5)]
       || ', ' || (ARRAY['I come every week.', 'my second visit.', 'the staff was kind.', 'nobody answered the phone.', 'we will see.',
                         'the app did not help.'])[pg_temp.pick(f.id, 168, 6)]
       || CASE WHEN pg_temp.u(f.id, 169) < 0.005 THEN ' I want a refund.' ELSE '' END
       || CASE WHEN pg_temp.u(f.id, 170) < 0.3 THEN repeat(' More of the same, for those who read on.', pg_temp.pick(f.id, 171, 5)::int) ELSE '' END
FROM (SELECT i AS id, 1 + floor(:sites * pg_temp.square(pg_temp.u(i, 172)))::int AS site_id, pg_temp.u(i, 173) AS mood,
             :first_second + floor((:seconds - 900000) * sqrt(pg_temp.u(i, 174)))::bigint AS at
      FROM generate_series(1, :feedbacks) AS i OFFSET 0) AS f;
