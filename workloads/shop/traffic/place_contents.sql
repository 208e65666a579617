-- weight: 400
\set place random(1, 100)
SELECT "Artikel Nr", "Menge", "Mindestmenge", "Charge"
FROM "Lager Süd"."Bestand"
WHERE "Platz Nr" = :place;
