#!/usr/bin/env python3
"""Prints SQL for psql: a database of many schemas with the same ten tables, or the traffic that fills pg_stat_statements.

One schema stands for one tenant: tables, names, keys and statements are the same everywhere, sizes are not. The first
schemas belong to roles that name no schema in their statements and have it in their search_path; the statements on the
others are qualified and run by one role. So the same text occurs with different meanings, and the same shape with
different texts. The same arguments give the same bytes.
"""

import argparse
import random

# Table: its columns after the primary key with the expression that makes a value from the row number `i`, given the
# rows of the table as `n`; then the columns of its second index. `fk` references the table of that name.
TABLES = {
    "customer": ([("email", "text", "'c' || i || '@example.org'"), ("region", "int", "i * 7 % 40"),
                  ("status", "text", "(ARRAY['active','active','active','closed'])[1 + i % 4]"),
                  ("created_at", "timestamptz", "timestamptz '2024-01-01+00' + i * interval '7 min'")], "email"),
    "product": ([("category", "int", "i * 13 % 60"), ("name", "text", "'product ' || i * 31 % 1000"),
                 ("price", "numeric(10,2)", "i * 17 % 9973 / 100.0"), ("active", "bool", "i % 10 <> 0")], "category"),
    "orders": ([("customer_id", "fk customer", "1 + i * 7919 % n"),
                ("status", "text", "(ARRAY['new','paid','sent','sent','sent'])[1 + i % 5]"),
                ("total", "numeric(10,2)", "i * 37 % 99991 / 100.0"),
                ("placed_at", "timestamptz", "timestamptz '2024-06-01+00' + i * interval '3 min'")], "customer_id"),
    "order_line": ([("order_id", "fk orders", "1 + i * 104729 % n"), ("product_id", "fk product", "1 + i * 31 % n"),
                    ("quantity", "int", "1 + i % 9"), ("price", "numeric(10,2)", "i * 41 % 9973 / 100.0")], "order_id"),
    "payment": ([("order_id", "fk orders", "i"), ("method", "text", "(ARRAY['card','bank','cash'])[1 + i % 3]"),
                 ("amount", "numeric(10,2)", "i * 43 % 99991 / 100.0"),
                 ("paid_at", "timestamptz", "timestamptz '2024-06-02+00' + i * interval '3 min'")], "order_id"),
    "shipment": ([("order_id", "fk orders", "i"), ("carrier", "text", "'carrier ' || i % 12"),
                  ("shipped_at", "timestamptz", "timestamptz '2024-06-03+00' + i * interval '3 min'"),
                  ("delivered", "bool", "i % 20 <> 0")], "order_id"),
    "ticket": ([("customer_id", "fk customer", "1 + i * 3 % n"), ("state", "text", "(ARRAY['open','done'])[1 + i % 2]"),
                ("priority", "int", "i % 5"),
                ("opened_at", "timestamptz", "timestamptz '2024-07-01+00' + i * interval '11 min'")], "customer_id"),
    "message": ([("ticket_id", "fk ticket", "1 + i * 5 % n"), ("author", "text", "'agent ' || i % 50"),
                 ("length", "int", "i * 19 % 2000"),
                 ("sent_at", "timestamptz", "timestamptz '2024-07-02+00' + i * interval '2 min'")], "ticket_id"),
    "visit": ([("customer_id", "bigint", "1 + i * 11 % n"), ("path", "text", "'/page/' || i * 23 % 300"),
               ("duration", "int", "i * 29 % 600"),
               ("seen_at", "timestamptz", "timestamptz '2024-08-01+00' + i * interval '1 min'")], "seen_at"),
    "setting": ([("customer_id", "bigint", "1 + i % n"), ("name", "text", "'setting ' || i % 25"),
                 ("value", "text", "md5(i::text)"),
                 ("changed_at", "timestamptz", "timestamptz '2024-08-01+00' + i * interval '5 min'")], "name"),
}  # fmt: skip

# Statements of one tenant. {.table} stands for a table, {k} for a key, {m} for another, {t} for a time, {r} for a
# number up to 40.
STATEMENTS = [
    "SELECT * FROM {.customer} WHERE id = {k}",
    "SELECT id, email FROM {.customer} WHERE region = {r} AND status = 'active'",
    "SELECT id, email FROM {.customer} WHERE created_at >= {t} ORDER BY created_at LIMIT 20",
    "SELECT count(*) FROM {.customer} WHERE status = 'closed'",
    "SELECT id, name, price FROM {.product} WHERE category = {r} AND active ORDER BY price LIMIT 10",
    "SELECT id, price FROM {.product} WHERE name = 'product {k}'",
    "SELECT id, total FROM {.orders} WHERE customer_id = {k} ORDER BY placed_at DESC LIMIT 5",
    "SELECT status, count(*), sum(total) FROM {.orders} WHERE placed_at BETWEEN {t} AND {t} + interval '2 days'"
    " GROUP BY status",
    "SELECT id FROM {.orders} WHERE status = 'new' ORDER BY placed_at LIMIT 50",
    "SELECT o.id, c.email FROM {.orders} o JOIN {.customer} c ON c.id = o.customer_id WHERE c.region = {r}"
    " AND o.status = 'paid'",
    "SELECT l.quantity, p.name FROM {.order_line} l JOIN {.product} p ON p.id = l.product_id WHERE l.order_id = {k}",
    "SELECT product_id, sum(quantity) FROM {.order_line} WHERE product_id IN ({k}, {m}) GROUP BY product_id",
    "SELECT o.id, sum(l.quantity * l.price) FROM {.orders} o JOIN {.order_line} l ON l.order_id = o.id"
    " JOIN {.product} p ON p.id = l.product_id WHERE p.category = {r} AND o.placed_at > {t} GROUP BY o.id",
    "SELECT id, amount FROM {.payment} WHERE method = 'bank' AND paid_at > {t} ORDER BY amount DESC LIMIT 10",
    "SELECT p.amount FROM {.payment} p JOIN {.orders} o ON o.id = p.order_id WHERE o.customer_id = {k}",
    "SELECT id, order_id FROM {.shipment} WHERE NOT delivered AND carrier = 'carrier 3' ORDER BY shipped_at",
    "SELECT s.id FROM {.shipment} s JOIN {.orders} o ON o.id = s.order_id WHERE o.status = 'sent'"
    " AND s.shipped_at > {t}",
    "SELECT id FROM {.ticket} WHERE state = 'open' AND priority = 4 ORDER BY opened_at LIMIT 25",
    "SELECT t.id, count(*) FROM {.ticket} t JOIN {.message} m ON m.ticket_id = t.id WHERE t.customer_id = {k}"
    " GROUP BY t.id",
    "SELECT id, length FROM {.message} WHERE author = 'agent {r}' AND sent_at > {t}",
    "SELECT path, avg(duration) FROM {.visit} WHERE customer_id = {k} GROUP BY path",
    "SELECT value FROM {.setting} WHERE customer_id = {k} AND name = 'setting 3'",
    "UPDATE {.ticket} SET state = 'done' WHERE id = {k}",
    "UPDATE {.product} SET price = price + 1 WHERE name = 'product {k}'",
    "INSERT INTO {.visit} VALUES (-{k}, {m}, '/new', 1, {t}) ON CONFLICT (id) DO NOTHING",
]

LARGEST = 20_000  # rows of each table of the first schema; schema number s has a share of 1 / s of it
SMALLEST = 300


def schema_name(number: int) -> str:
    return f"tenant_{number:03}"


def rows(number: int) -> int:
    return max(LARGEST // (number + 1), SMALLEST)


def owners(schemas: int) -> int:
    """How many schemas have a role of their own."""
    return max(schemas // 5, 1)


def print_table(schema: str, table: str, count: int) -> None:
    columns, indexed = TABLES[table]
    declared = ["id bigint PRIMARY KEY"]
    for name, kind, _ in columns:
        target = kind.removeprefix("fk ")
        declared.append(f"{name} " + (f"bigint NOT NULL REFERENCES {schema}.{target}" if target != kind else kind))
    print(f"CREATE TABLE {schema}.{table} ({', '.join(declared)});")
    values = ", ".join(value for _, _, value in columns)
    print(f"INSERT INTO {schema}.{table} SELECT i, {values} FROM generate_series(1, {count}) AS i, (VALUES ({count}))"
          " AS rows (n);")  # fmt: skip
    print(f"CREATE INDEX {table}_{indexed} ON {schema}.{table} ({indexed});")


def print_database(schemas: int) -> None:
    print("SET client_min_messages = warning;\nCREATE EXTENSION pg_stat_statements;\nCREATE ROLE service LOGIN;")
    print("GRANT pg_read_all_data, pg_write_all_data TO service;")
    for number in range(schemas):
        schema = schema_name(number)
        print(f"BEGIN;\nCREATE SCHEMA {schema};")
        for table in TABLES:
            print_table(schema, table, rows(number))
        if number < owners(schemas):
            print(f"CREATE ROLE {schema} LOGIN;\nALTER ROLE {schema} SET search_path = {schema};")
            print(f"GRANT pg_read_all_data, pg_write_all_data TO {schema};")
        print("COMMIT;")
    print("VACUUM ANALYZE;")


class Prefixed:
    """Fills {.table} of a statement: every attribute is the table's name after a prefix."""

    def __init__(self, prefix: str):
        self.prefix = prefix

    def __getattr__(self, table: str) -> str:
        return self.prefix + table


def print_traffic(schemas: int, templates: int) -> None:
    chance = random.Random(1)
    for number in range(schemas):
        schema = schema_name(number)
        own = number < owners(schemas)
        print(f"\\connect - {schema if own else 'service'}")
        tables = Prefixed("" if own else schema + ".")
        for position, statement in enumerate(STATEMENTS):
            if number * len(STATEMENTS) + position >= templates:
                return
            for _ in range(chance.randint(1, 4)):
                moment = f"timestamptz '2024-{chance.randint(6, 8):02}-{chance.randint(1, 28):02}+00'"
                filled = statement.replace("{.", "{tables.").format(
                    tables=tables, k=chance.randint(1, SMALLEST), m=chance.randint(1, SMALLEST),
                    r=chance.randint(0, 39), t=moment)  # fmt: skip
                print(filled + ";")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["database", "traffic"])
    parser.add_argument("--tables", type=int, default=2000, help="a multiple of ten")
    parser.add_argument("--templates", type=int, default=5000, help="at most 2.5 for each table")
    args = parser.parse_args()
    schemas = args.tables // len(TABLES)
    if args.tables <= 0 or args.tables % len(TABLES) or args.templates > schemas * len(STATEMENTS):
        parser.error("--tables must be a multiple of ten, and --templates at most 2.5 for each table")
    if args.what == "database":
        print_database(schemas)
    else:
        print_traffic(schemas, args.templates)


if __name__ == "__main__":
    main()
