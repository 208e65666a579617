-- weight: 250
\set product random_zipfian(1, 200, 1.1)
SELECT b."Platz Nr", p."Gang", p."Regal", p."Höhe (cm)", b."Menge", b."Maß ""Zoll"""
FROM "Lager Süd"."Bestand" b
JOIN "Lager Süd"."Lagerplatz" p ON p."Platz Nr" = b."Platz Nr"
WHERE b."Artikel Nr" = :product
ORDER BY b."Menge" DESC;
