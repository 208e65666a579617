-- The table that is written: a row of about 150 bytes, a primary key, and an index on a column that updates may set so
-- that they are not heap-only whatever else there is. Every value comes from a hash of the row's number.
\set ON_ERROR_STOP on

CREATE FUNCTION pseudo_random(number bigint, seed bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashint8extended(number, seed) & 9223372036854775807;

CREATE TABLE item (
    id          bigint      NOT NULL,
    touched     bigint      NOT NULL,  -- indexed from the start
    made_at     timestamptz NOT NULL,  -- grows with id
    sequence    bigint      NOT NULL,  -- grows with id
    token       uuid        NOT NULL,  -- without order, all different
    kind        int         NOT NULL,  -- 50 values, some common
    customer    bigint      NOT NULL,  -- 100,000 values
    name        text        NOT NULL,  -- 20 to 40 bytes, nearly all different
    amount      bigint      NOT NULL,
    open        boolean     NOT NULL,  -- one row in twenty
    tags        int[]       NOT NULL   -- 4 of 2,000
) WITH (fillfactor = 85);

-- Rows first to last, in the columns' order.
CREATE FUNCTION made_rows(first bigint, last bigint) RETURNS SETOF item
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT i, pseudo_random(i, 1) % 1000000000, timestamptz '2026-01-01 00:00:00+00' + i * interval '1 second', i,
           (lpad(to_hex(pseudo_random(i, 2)), 16, '0') || lpad(to_hex(pseudo_random(i, 3)), 16, '0'))::uuid,
           (sqrt(pseudo_random(i, 4) % 2500))::int, pseudo_random(i, 5) % 100000,
           (ARRAY['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heath'])[1 + pseudo_random(i, 6) % 8]
               || '-' || repeat('n', (pseudo_random(i, 7) % 15)::int) || pseudo_random(i, 8),
           pseudo_random(i, 9) % 100000, pseudo_random(i, 10) % 20 = 0,
           ARRAY[pseudo_random(i, 11) % 2000, pseudo_random(i, 12) % 2000, pseudo_random(i, 13) % 2000,
                 pseudo_random(i, 14) % 2000]::int[]
    FROM generate_series(first, last) AS i;
END;

-- What a batch writes, made before the clock runs.
CREATE UNLOGGED TABLE batch (LIKE item) WITH (autovacuum_enabled = off);
CREATE UNLOGGED TABLE chosen (id bigint PRIMARY KEY);

-- Single rows by primary key, through a statement that is prepared once; or only the loop around it.
CREATE FUNCTION look_up(calls int, seed bigint, greatest_id bigint, really boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    found bigint;
BEGIN
    FOR i IN 1 .. calls LOOP
        wanted := 1 + pseudo_random(i, seed) % greatest_id;
        IF really THEN
            SELECT amount INTO found FROM item WHERE id = wanted;
        END IF;
    END LOOP;
END $$;

INSERT INTO item SELECT * FROM made_rows(1, :rows);
ALTER TABLE item ADD PRIMARY KEY (id);
CREATE INDEX ON item (touched);
VACUUM (ANALYZE) item;
