-- What was: the visits to the site, a partition a month, and the orders before July 2023 in
-- a schema of their own, whose tables have the names of those in shop. Included by schema.sql.

CREATE SEQUENCE shop.site_event_id_seq;

CREATE TABLE shop.site_event (
    id           bigint      NOT NULL DEFAULT nextval('shop.site_event_id_seq'),
    occurred_at  timestamptz NOT NULL,
    customer_id  bigint,
    session_no   bigint      NOT NULL,
    kind         text        NOT NULL,
    path         text        NOT NULL,
    PRIMARY KEY (occurred_at, id)
) PARTITION BY RANGE (occurred_at);
ALTER SEQUENCE shop.site_event_id_seq OWNED BY shop.site_event.id;

CREATE TABLE shop.site_event_2025_11 PARTITION OF shop.site_event
    FOR VALUES FROM ('2025-11-01 00:00:00+00') TO ('2025-12-01 00:00:00+00');
CREATE TABLE shop.site_event_2025_12 PARTITION OF shop.site_event
    FOR VALUES FROM ('2025-12-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');
CREATE TABLE shop.site_event_2026_01 PARTITION OF shop.site_event
    FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00');
CREATE TABLE shop.site_event_2026_03 PARTITION OF shop.site_event
    FOR VALUES FROM ('2026-03-01 00:00:00+00') TO ('2026-04-01 00:00:00+00');
CREATE TABLE shop.site_event_2026_04 PARTITION OF shop.site_event
    FOR VALUES FROM ('2026-04-01 00:00:00+00') TO ('2026-05-01 00:00:00+00');
CREATE TABLE shop.site_event_2026_05 PARTITION OF shop.site_event
    FOR VALUES FROM ('2026-05-01 00:00:00+00') TO ('2026-06-01 00:00:00+00');

-- The current month is divided once more, to spread the inserts.
CREATE TABLE shop.site_event_2026_06 PARTITION OF shop.site_event
    FOR VALUES FROM ('2026-06-01 00:00:00+00') TO ('2026-07-01 00:00:00+00')
    PARTITION BY HASH (id);
CREATE TABLE shop.site_event_2026_06_0 PARTITION OF shop.site_event_2026_06 FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE shop.site_event_2026_06_1 PARTITION OF shop.site_event_2026_06 FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE shop.site_event_2026_06_2 PARTITION OF shop.site_event_2026_06 FOR VALUES WITH (MODULUS 3, REMAINDER 2);

-- Devices with a wrong clock.
CREATE TABLE shop.site_event_other PARTITION OF shop.site_event DEFAULT;

-- February was restored from elsewhere and attached: its columns stand in another order,
-- and one of them was dropped.
CREATE TABLE shop.site_event_2026_02 (
    restored_from  text,
    path           text        NOT NULL,
    kind           text        NOT NULL,
    session_no     bigint      NOT NULL,
    customer_id    bigint,
    occurred_at    timestamptz NOT NULL,
    id             bigint      NOT NULL DEFAULT nextval('shop.site_event_id_seq')
);
ALTER TABLE shop.site_event_2026_02 DROP COLUMN restored_from;
ALTER TABLE shop.site_event ATTACH PARTITION shop.site_event_2026_02
    FOR VALUES FROM ('2026-02-01 00:00:00+00') TO ('2026-03-01 00:00:00+00');

-- Somebody looked for something in May.
CREATE INDEX site_event_2026_05_session_no_idx ON shop.site_event_2026_05 (session_no);

-- Nothing in the archive changes any more.
CREATE TABLE shop_archive.orders (
    id           bigint PRIMARY KEY,
    customer_id  bigint      NOT NULL,
    placed_at    timestamptz NOT NULL,
    total_cents  shop.cents  NOT NULL,
    invoice_no   text        NOT NULL
);
CREATE INDEX orders_placed_at_idx ON shop_archive.orders (placed_at);

CREATE TABLE shop_archive.order_line (
    order_id    bigint     NOT NULL REFERENCES shop_archive.orders (id),
    line_no     smallint   NOT NULL,
    product_id  bigint     NOT NULL,
    quantity    int        NOT NULL,
    unit_cents  shop.cents NOT NULL,
    article     text       NOT NULL,
    PRIMARY KEY (order_id, line_no)
);
