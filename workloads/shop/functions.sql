-- Session-local helpers of data.sql and grow.sql. Every value comes from a hash of the
-- row's number and of a salt, so neither plans nor parallel workers can change the data.
-- Only +, -, *, /, sqrt and floor touch a float: IEEE 754 fixes their results.

-- A number in [0, 1) that looks random.
CREATE OR REPLACE FUNCTION pg_temp.u(n bigint, salt int) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 9007199254740991)::float8 / 9007199254740992;

-- An integer in 1 .. size, each equally likely.
CREATE OR REPLACE FUNCTION pg_temp.pick(n bigint, salt int, size bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 + floor(pg_temp.u(n, salt) * size)::bigint;

-- The square of a number: pg_temp.square(u) * size gives a skewed draw in which
-- the first percent of the values gets ten percent of the rows.
CREATE OR REPLACE FUNCTION pg_temp.square(x float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN x * x;
