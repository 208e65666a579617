-- The warehouse of a made-up operator of charging points for electric cars: fourteen dimensions, some of them
-- snowflakes, and five fact tables. Tables and primary keys only; data.sql fills them and then runs keys.sql,
-- which adds foreign keys and the few other indexes.
\set ON_ERROR_STOP on

CREATE SCHEMA mart;

-- Dimensions.

CREATE TABLE mart.day (
    day         date     PRIMARY KEY,
    year        smallint NOT NULL,
    quarter     smallint NOT NULL,
    month       smallint NOT NULL,
    week        smallint NOT NULL,
    weekday     smallint NOT NULL,
    season      text     NOT NULL,
    holiday     text,
    is_workday  boolean  NOT NULL
);

CREATE TABLE mart.region (
    id             int  PRIMARY KEY,
    name           text NOT NULL,
    land           text NOT NULL,
    grid_operator  text NOT NULL
);

-- The city determines region, climate and postcode area.
CREATE TABLE mart.city (
    id             int  PRIMARY KEY,
    name           text NOT NULL,
    region_id      int  NOT NULL,
    population     int  NOT NULL,
    climate        text NOT NULL,
    postcode_area  text NOT NULL
);

-- region_id repeats what city_id says.
CREATE TABLE mart.site (
    id         int      PRIMARY KEY,
    code       text     NOT NULL,
    name       text     NOT NULL,
    city_id    int      NOT NULL,
    region_id  int      NOT NULL,
    kind       text     NOT NULL,
    landlord   text     NOT NULL,
    bays       smallint NOT NULL,
    opened_on  date     NOT NULL,
    closed_on  date,
    amenities  text[]   NOT NULL
);

CREATE TABLE mart.maker (
    id    int  PRIMARY KEY,
    name  text NOT NULL,
    land  text NOT NULL
);

CREATE TABLE mart.charger_model (
    id           int   PRIMARY KEY,
    maker_id     int   NOT NULL,
    name         text  NOT NULL,
    power_kw     int   NOT NULL,
    plug         text  NOT NULL,
    launched_on  date  NOT NULL,
    spec         jsonb NOT NULL
);

CREATE TABLE mart.charger (
    id            int  PRIMARY KEY,
    site_id       int  NOT NULL,
    model_id      int  NOT NULL,
    serial        text NOT NULL,
    firmware      text NOT NULL,
    status        text NOT NULL,
    installed_on  date NOT NULL,
    inspected_on  date
);

CREATE TABLE mart.tariff_family (
    id        int  PRIMARY KEY,
    name      text NOT NULL,
    audience  text NOT NULL
);

-- The tariff determines family and price; the price determines the band.
CREATE TABLE mart.tariff (
    id             int  PRIMARY KEY,
    family_id      int  NOT NULL,
    name           text NOT NULL,
    band           text NOT NULL,
    cents_per_kwh  int  NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date
);

CREATE TABLE mart.segment (
    id           int     PRIMARY KEY,
    name         text    NOT NULL,
    is_business  boolean NOT NULL
);

CREATE TABLE mart.account (
    id            int    PRIMARY KEY,
    number        text   NOT NULL,
    name          text   NOT NULL,
    email         text   NOT NULL,
    segment_id    int    NOT NULL,
    city_id       int    NOT NULL,
    status        text   NOT NULL,
    joined_on     date   NOT NULL,
    left_on       date,
    referred_by   int,
    credit_cents  int    NOT NULL,
    preferences   jsonb  NOT NULL,
    deleted_at    timestamptz
);

CREATE TABLE mart.vehicle_model (
    id           int  PRIMARY KEY,
    brand        text NOT NULL,
    name         text NOT NULL,
    class        text NOT NULL,
    battery_kwh  int  NOT NULL
);

CREATE TABLE mart.card (
    id                int  PRIMARY KEY,
    account_id        int  NOT NULL,
    code              text NOT NULL,
    vehicle_model_id  int,
    issued_on         date NOT NULL,
    blocked_at        timestamptz
);

CREATE TABLE mart.technician (
    id         int    PRIMARY KEY,
    name       text   NOT NULL,
    region_id  int    NOT NULL,
    lead_id    int,
    hired_on   date   NOT NULL,
    skills     text[] NOT NULL
);

-- Facts.

-- Rows stand in the order of started_at. site_id repeats what charger_id says, day what started_at says.
-- A charge without a card was paid on the spot.
CREATE TABLE mart.charge (
    id           bigint      PRIMARY KEY,
    started_at   timestamptz NOT NULL,
    day          date        NOT NULL,
    charger_id   int         NOT NULL,
    site_id      int         NOT NULL,
    card_id      int,
    tariff_id    int         NOT NULL,
    watt_hours   int         NOT NULL,
    minutes      int         NOT NULL,
    cents        int         NOT NULL,
    stop_reason  text        NOT NULL,
    state        text        NOT NULL
);

-- Rows stand in no order at all.
CREATE TABLE mart.invoice_line (
    id          bigint   PRIMARY KEY,
    invoice_no  bigint   NOT NULL,
    account_id  int      NOT NULL,
    tariff_id   int      NOT NULL,
    billed_on   date     NOT NULL,
    kind        text     NOT NULL,
    cents       int      NOT NULL,
    tax_cents   int      NOT NULL,
    reminders   smallint NOT NULL,
    paid_on     date,
    memo        text
);

-- One row a site and day of the last three hundred days, in the order of the days.
CREATE TABLE mart.site_day (
    site_id           int    NOT NULL,
    day               date   NOT NULL,
    charges           int    NOT NULL,
    watt_hours        bigint NOT NULL,
    peak_kw           int    NOT NULL,
    occupied_minutes  int    NOT NULL,
    down_minutes      int    NOT NULL,
    PRIMARY KEY (site_id, day)
);

-- Rows stand nearly in the order of opened_at. The code determines the severity.
CREATE TABLE mart.fault (
    id             bigint      PRIMARY KEY,
    charger_id     int         NOT NULL,
    technician_id  int,
    code           text        NOT NULL,
    severity       smallint    NOT NULL,
    status         text        NOT NULL,
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    cost_cents     int,
    labels         text[]      NOT NULL,
    detail         jsonb       NOT NULL,
    description    text        NOT NULL
);

-- Rows stand in no order.
CREATE TABLE mart.feedback (
    id           bigint      PRIMARY KEY,
    site_id      int         NOT NULL,
    account_id   int,
    stars        smallint    NOT NULL,
    language     text        NOT NULL,
    posted_at    timestamptz NOT NULL,
    answered_at  timestamptz,
    deleted_at   timestamptz,
    body         text        NOT NULL
);
