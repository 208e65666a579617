-- A made-up social network: 22 tables of people, whom they follow, their clubs, posts, reactions, devices, and the desk
-- that moderates it all. Tables and primary keys only; data.sql fills them and then runs keys.sql, which adds foreign
-- keys and the few other indexes.
\set ON_ERROR_STOP on

CREATE SCHEMA plaza;

-- Where and in which language.

CREATE TABLE plaza.language (
    code           text    PRIMARY KEY,
    name           text    NOT NULL,
    family         text    NOT NULL,
    right_to_left  boolean NOT NULL
);

CREATE TABLE plaza.country (
    code           text PRIMARY KEY,
    name           text NOT NULL,
    continent      text NOT NULL,
    main_language  text NOT NULL
);

CREATE TABLE plaza.place (
    id            int  PRIMARY KEY,
    name          text NOT NULL,
    country_code  text NOT NULL,
    kind          text NOT NULL,
    population    int  NOT NULL
);

-- People and what is theirs.

-- The place determines the country, and nearly the language.
CREATE TABLE plaza.person (
    id             int         PRIMARY KEY,
    name           text        NOT NULL,
    kind           text        NOT NULL,
    status         text        NOT NULL,
    place_id       int         NOT NULL,
    language_code  text        NOT NULL,
    born_year      smallint,
    verified       boolean     NOT NULL,
    invited_by     int,
    joined_at      timestamptz NOT NULL,
    bio            text
);

-- Who changes a handle keeps the old one with its end.
CREATE TABLE plaza.handle (
    id         int  PRIMARY KEY,
    person_id  int  NOT NULL,
    handle     text NOT NULL,
    since      date NOT NULL,
    until      date
);

CREATE TABLE plaza.device_kind (
    id           int  PRIMARY KEY,
    maker        text NOT NULL,
    name         text NOT NULL,
    system       text NOT NULL,
    released_on  date NOT NULL
);

CREATE TABLE plaza.device (
    id           int         PRIMARY KEY,
    person_id    int         NOT NULL,
    kind_id      int         NOT NULL,
    app_version  text        NOT NULL,
    push         boolean     NOT NULL,
    last_seen    timestamptz NOT NULL
);

CREATE TABLE plaza.follow (
    follower_id  int         NOT NULL,
    followed_id  int         NOT NULL,
    since        timestamptz NOT NULL,
    source       text        NOT NULL,
    muted        boolean     NOT NULL,
    PRIMARY KEY (follower_id, followed_id)
);

-- Topics are a tree of three levels.
CREATE TABLE plaza.topic (
    id         int      PRIMARY KEY,
    parent_id  int,
    level      smallint NOT NULL,
    name       text     NOT NULL
);

CREATE TABLE plaza.club (
    id             int  PRIMARY KEY,
    name           text NOT NULL,
    kind           text NOT NULL,
    topic_id       int  NOT NULL,
    place_id       int,
    language_code  text NOT NULL,
    owner_id       int  NOT NULL,
    founded_on     date NOT NULL,
    closed_on      date
);

CREATE TABLE plaza.club_member (
    club_id    int         NOT NULL,
    person_id  int         NOT NULL,
    role       text        NOT NULL,
    joined_at  timestamptz NOT NULL,
    left_at    timestamptz,
    PRIMARY KEY (club_id, person_id)
);

-- Posts and what happens to them.

-- Rows stand in the order of created_at.
CREATE TABLE plaza.post (
    id             int         PRIMARY KEY,
    author_id      int         NOT NULL,
    club_id        int,
    place_id       int,
    language_code  text        NOT NULL,
    kind           text        NOT NULL,
    created_at     timestamptz NOT NULL,
    removed_at     timestamptz,
    views          int         NOT NULL,
    body           text        NOT NULL
);

CREATE TABLE plaza.post_topic (
    post_id   int  NOT NULL,
    topic_id  int  NOT NULL,
    weight    real NOT NULL,
    PRIMARY KEY (post_id, topic_id)
);

CREATE TABLE plaza.media (
    id       int    PRIMARY KEY,
    post_id  int    NOT NULL,
    kind     text   NOT NULL,
    bytes    bigint NOT NULL,
    seconds  int,
    alt      text
);

CREATE TABLE plaza.mention (
    post_id    int NOT NULL,
    person_id  int NOT NULL,
    PRIMARY KEY (post_id, person_id)
);

CREATE TABLE plaza.reaction_kind (
    id        int     PRIMARY KEY,
    name      text    NOT NULL,
    positive  boolean NOT NULL
);

CREATE TABLE plaza.reaction (
    post_id     int         NOT NULL,
    person_id   int         NOT NULL,
    kind_id     int         NOT NULL,
    reacted_at  timestamptz NOT NULL,
    PRIMARY KEY (post_id, person_id)
);

-- Rows stand in no order of time.
CREATE TABLE plaza.remark (
    id             int         PRIMARY KEY,
    post_id        int         NOT NULL,
    author_id      int         NOT NULL,
    answers_id     int,
    language_code  text        NOT NULL,
    written_at     timestamptz NOT NULL,
    removed_at     timestamptz,
    likes          int         NOT NULL
);

-- The desk.

CREATE TABLE plaza.team (
    id            int  PRIMARY KEY,
    name          text NOT NULL,
    country_code  text NOT NULL
);

CREATE TABLE plaza.moderator (
    id             int     PRIMARY KEY,
    team_id        int     NOT NULL,
    name           text    NOT NULL,
    language_code  text    NOT NULL,
    active         boolean NOT NULL
);

CREATE TABLE plaza.rule (
    id        int      PRIMARY KEY,
    code      text     NOT NULL,
    area      text     NOT NULL,
    severity  smallint NOT NULL
);

-- The state determines whether verdict and closed_at are there.
CREATE TABLE plaza.incident (
    id            int         PRIMARY KEY,
    post_id       int         NOT NULL,
    reporter_id   int,
    rule_id       int         NOT NULL,
    moderator_id  int,
    state         text        NOT NULL,
    verdict       text,
    opened_at     timestamptz NOT NULL,
    closed_at     timestamptz
);
