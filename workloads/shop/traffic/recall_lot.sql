-- weight: 60
\set lot random(100, 399)
DELETE FROM "Lager Süd"."Bestand"
WHERE "Charge" = 'C-00:lot';
