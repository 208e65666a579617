-- Where an article lies: quoted, non-ASCII names, one of them with quotes inside.
-- weight: 250
SELECT b."Platz Nr", p."Gang", p."Regal", p."Höhe (cm)", b."Menge", b."Maß ""Zoll"""
FROM "Lager Süd"."Bestand" b
JOIN "Lager Süd"."Lagerplatz" p ON p."Platz Nr" = b."Platz Nr"
WHERE b."Artikel Nr" = 8
ORDER BY b."Menge" DESC;

-- What lies at one place; the primary key starts with the column.
-- weight: 400
SELECT "Artikel Nr", "Menge", "Mindestmenge", "Charge"
FROM "Lager Süd"."Bestand"
WHERE "Platz Nr" = 40;
