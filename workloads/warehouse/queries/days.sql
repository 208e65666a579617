-- One site over the year: the primary key is enough.
-- weight: 200
SELECT day, charges, watt_hours, down_minutes
FROM mart.site_day
WHERE site_id = 64 AND day >= '2026-06-01'
ORDER BY day;

-- All sites on one day: the primary key has the day last; rows of a day stand together.
-- weight: 60
SELECT r.name, sum(sd.charges) AS charges, sum(sd.watt_hours) AS watt_hours, max(sd.peak_kw) AS peak_kw
FROM mart.site_day sd
JOIN mart.site s ON s.id = sd.site_id
JOIN mart.region r ON r.id = s.region_id
WHERE sd.day = '2026-06-24'
GROUP BY r.name
ORDER BY watt_hours DESC;

-- A week of everything: a range in physical order.
-- weight: 30
SELECT day, sum(charges) AS charges, sum(watt_hours) AS watt_hours
FROM mart.site_day
WHERE day BETWEEN '2026-03-02' AND '2026-03-08'
GROUP BY day
ORDER BY day;

-- Days on which a site was down for nearly all day.
-- weight: 40
SELECT site_id, day, down_minutes
FROM mart.site_day
WHERE down_minutes >= 1430
ORDER BY day DESC, site_id
LIMIT 50;

-- The busiest site and day of the last three months.
-- weight: 35
SELECT site_id, day, charges
FROM mart.site_day
WHERE day >= '2026-04-01'
ORDER BY charges DESC, site_id, day
LIMIT 10;

-- A moving average of seven days for the sites of one city: a window function.
-- weight: 30
SELECT sd.site_id, sd.day, avg(sd.charges) OVER (PARTITION BY sd.site_id ORDER BY sd.day ROWS 6 PRECEDING) AS week_average
FROM mart.site_day sd
JOIN mart.site s ON s.id = sd.site_id
JOIN mart.city c ON c.id = s.city_id
WHERE c.name = 'Garmouth' AND sd.day >= '2026-05-01'
ORDER BY sd.site_id, sd.day;

-- Holidays against other days, by kind of site: a range over two dimensions.
-- weight: 6
SELECT s.kind, d.holiday, avg(sd.charges)::numeric(8, 2) AS charges, avg(sd.occupied_minutes)::int AS minutes
FROM mart.site_day sd
JOIN mart.day d ON d.day = sd.day
JOIN mart.site s ON s.id = sd.site_id
WHERE d.holiday IS NOT NULL
GROUP BY s.kind, d.holiday
ORDER BY s.kind, d.holiday;

-- Change from the week before, site by site: lag over a whole month.
-- weight: 5
WITH weekly AS (
    SELECT sd.site_id, d.week, sum(sd.watt_hours) AS watt_hours
    FROM mart.site_day sd
    JOIN mart.day d ON d.day = sd.day
    WHERE sd.day BETWEEN '2026-05-04' AND '2026-05-31'
    GROUP BY sd.site_id, d.week)
SELECT site_id, week, watt_hours, watt_hours - lag(watt_hours) OVER (PARTITION BY site_id ORDER BY week) AS change
FROM weekly
ORDER BY change DESC NULLS LAST, site_id
LIMIT 20;

-- Everything by season: reads the whole table. No index can help.
-- weight: 2
SELECT d.season, d.is_workday, sum(sd.watt_hours) AS watt_hours, avg(sd.peak_kw)::int AS peak_kw
FROM mart.site_day sd
JOIN mart.day d ON d.day = sd.day
GROUP BY CUBE (d.season, d.is_workday)
ORDER BY d.season, d.is_workday;
