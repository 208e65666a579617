-- weight: 8
SELECT country_code, count(*) AS readers, count(phone) AS with_phone, max(created_at) AS latest
FROM shop.customer
WHERE newsletter
GROUP BY country_code
ORDER BY readers DESC;
