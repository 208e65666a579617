-- weight: 900
\set customer random_zipfian(1, 1000, 1.1)
SELECT id, email, display_name, tier
FROM shop.customer
WHERE lower(email) = lower('Buyer:customer@Mail.Example') /*action='login',controller='account',framework='made_up'*/;
