"""--analyze on a real server: what is executed, what is refused, what a log of all statements shows, and what follows."""

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run import Failure, Server

SCHEMA = r"""
CREATE SCHEMA app;
-- city determines zip: together they are as rare as alone.
CREATE TABLE app.place (id bigint PRIMARY KEY, city text NOT NULL, zip text NOT NULL, amount int NOT NULL, note text NOT NULL);
INSERT INTO app.place SELECT i, 'city ' || i % 200, 'zip ' || i % 200, i % 1000, repeat('n', 60) FROM generate_series(1, 200000) i;
-- Analysed when every task was done.
CREATE TABLE app.task (id bigint PRIMARY KEY, status text NOT NULL, due timestamptz NOT NULL, note text NOT NULL);
INSERT INTO app.task SELECT i, 'done', '2026-01-01 00:00+00'::timestamptz + i * interval '1 minute', repeat('n', 60)
FROM generate_series(1, 60000) i;
-- One product is what nearly everybody buys.
CREATE TABLE app.product (id int PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO app.product SELECT i, 'product ' || i FROM generate_series(1, 2000) i;
CREATE TABLE app.sale (id bigint PRIMARY KEY, product int NOT NULL REFERENCES app.product, amount int NOT NULL);
INSERT INTO app.sale SELECT i, CASE WHEN i % 10 < 7 THEN 1 ELSE i % 2000 + 1 END, i % 100 FROM generate_series(1, 120000) i;
-- The same, with more of each row to read.
CREATE TABLE app.line (id bigint PRIMARY KEY, product int NOT NULL REFERENCES app.product, amount int NOT NULL, note text NOT NULL);
INSERT INTO app.line SELECT i, CASE WHEN i % 10 < 7 THEN 1 ELSE i % 2000 + 1 END, i % 100, repeat('n', 300)
FROM generate_series(1, 60000) i;
-- 20,000 visitors, of which statistics know 50.
CREATE TABLE app.visit (id bigint PRIMARY KEY, visitor int NOT NULL, note text NOT NULL);
INSERT INTO app.visit SELECT i, i % 20000, repeat('n', 60) FROM generate_series(1, 120000) i;
ALTER TABLE app.visit ALTER COLUMN visitor SET (n_distinct = 50);
-- A clerk sees the accounts of the own branch.
CREATE ROLE clerk;
CREATE TABLE app.account (id bigint PRIMARY KEY, branch text NOT NULL, owner text NOT NULL);
INSERT INTO app.account SELECT i, 'clerk', 'owner ' || i % 5000 FROM generate_series(1, 50000) i;
ALTER TABLE app.account ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.account USING (branch = current_user);
GRANT USAGE ON SCHEMA app TO clerk;
GRANT SELECT ON app.account TO clerk;
CREATE SEQUENCE app.numbers;
CREATE FUNCTION app.twice(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1 * 2';
CREATE FUNCTION app.sly(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT setval(''app.numbers'', $1)::int';
CREATE FUNCTION app.liar(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM pg_sleep(0); RETURN $1; END';
CREATE EXTENSION tablefunc;
CREATE FUNCTION public.tagged(app.product) RETURNS text LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN $1.name; END';
CREATE VIEW app.slow AS SELECT id, pg_sleep(0)::text AS nap FROM app.product;
CREATE VIEW app.plain AS SELECT id, lower(name) AS name FROM app.product;
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.abroad (line text) SERVER files OPTIONS (filename '/dev/null');
CREATE ROLE reader LOGIN;
GRANT pg_monitor TO reader;
GRANT USAGE ON SCHEMA app TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA app TO reader;
"""

STALE = "INSERT INTO app.task SELECT i, 'open', now(), repeat('n', 60) FROM generate_series(100001, 140000) i"

ESTIMATES = {
    "place.sql": "SELECT sum(amount) FROM app.place WHERE city = 'city 7' AND zip = 'zip 7';",
    "task.sql": "SELECT count(note) FROM app.task WHERE status = 'open';",
    "sale.sql": "SELECT sum(s.amount) FROM app.sale s JOIN app.product p ON p.id = s.product WHERE p.name = 'product 1';",
    "visit.sql": "SELECT count(note) FROM app.visit WHERE visitor = 77;",
    "due.sql": "SELECT id FROM app.task WHERE due::date = '2026-01-05';",
}

# A statement, and the code with which it is refused; None: it is executed.
STATEMENTS = [
    ("SELECT app.twice(id) FROM app.product WHERE id = 5", None),
    ("SELECT name FROM app.plain WHERE id = 7", None),
    ("SELECT id FROM app.product WHERE name LIKE 'product 1%' AND id IN (1, 2, 3) ORDER BY name LIMIT 2", None),
    ("SELECT nextval('app.numbers') FROM app.product WHERE id = 1", "calls-volatile"),
    ("SELECT id FROM app.product WHERE id = 1 AND pg_terminate_backend(0)", "calls-volatile"),
    ("SELECT pg_advisory_lock(id) FROM app.product WHERE id = 2", "calls-volatile"),
    ("SELECT set_config('a.b', name, false) FROM app.product WHERE id = 3", "calls-volatile"),
    ("SELECT id + txid_current() FROM app.product WHERE id = 3", "calls-volatile"),
    ("SELECT app.sly(id) FROM app.product WHERE id = 4", "calls-volatile"),
    ("SELECT nap FROM app.slow WHERE id = 4", "calls-volatile"),
    ("SELECT p.tagged FROM app.product p WHERE id = 4", "calls-volatile"),
    ("SELECT app.liar(id) FROM app.product WHERE id = 4", "not-proven"),
    ("SELECT count(*) FROM crosstab('SELECT name, name, name FROM app.product') AS c(a text, b text)", "calls-untrusted"),
    ("SELECT id FROM app.product WHERE id = 8 FOR UPDATE", "locks-rows"),
    ("SELECT line FROM app.abroad WHERE line = 'x'", "foreign-table"),
    ("UPDATE app.product SET name = name WHERE id = 9", "writes"),
    ("DELETE FROM app.product WHERE id = 10000", "writes"),
    ("WITH gone AS (DELETE FROM app.sale WHERE id = 0 RETURNING id) SELECT id FROM gone", "writes"),
]

# What a session of --analyze may send.
ALLOWED = re.compile(
    r"^(BEGIN READ ONLY|SET LOCAL|SAVEPOINT pgassay_set|RELEASE SAVEPOINT|ROLLBACK|SELECT /\* pgassay \*/|/\* pgassay \*/\s+(SELECT|WITH)\b"
    r"|EXPLAIN \((ANALYZE, BUFFERS, SETTINGS, WAL, VERBOSE, TIMING OFF|VERBOSE), FORMAT JSON\) /\* pgassay \*/ +(SELECT|WITH)\b"
    r"|SELECT pg_catalog\.count\()", re.IGNORECASE)


def expect(condition: bool, otherwise: str):
    if not condition:
        raise Failure(otherwise)


class Bench:
    def __init__(self, program: Path, server: Server, directory: Path):
        self.program, self.server, self.directory = program, server, directory
        self.source = f"host={server.directory} user=postgres dbname=shop"
        self.reader = f"host={server.directory} user=reader dbname=shop"
        self.captures = 0

    def command(self, *arguments) -> list:
        return [self.program, *arguments]

    def environment(self) -> dict:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TERM": "dumb", "TMPDIR": "/tmp",
                "XDG_CACHE_HOME": str(self.directory / "cache")}

    def run(self, *arguments, code: int = 0) -> str:
        done = subprocess.run(self.command(*arguments), cwd=self.directory, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, env=self.environment(), timeout=300)
        expect(done.returncode == code, f"{arguments[0]} ended with {done.returncode}: {done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def capture(self) -> str:
        self.captures += 1
        name = f"{self.captures}.assay"
        self.run("capture", self.source, "-o", name, "--pg-bindir", self.server.bindir, "--quiet")
        return name

    def write(self, name: str, text: str) -> str:
        (self.directory / name).write_text(text)
        return name

    def advise(self, assay: str, workload: str, *options) -> dict:
        return json.loads(self.run("advise", assay, "--workload", workload, "--json", "--pg-bindir", self.server.bindir, *options))

    def analyze(self, assay: str, workload: str, *options) -> dict:
        return self.advise(assay, workload, "--analyze", self.reader, *options)

    def query(self, sql: str) -> str:
        return subprocess.run([self.server.bindir / "psql", "-XAt", "-h", self.server.directory, "-U", "postgres", "-d", "shop",
                               "-c", sql], text=True, capture_output=True, check=True, env={}).stdout.strip()


def kinds(advice: dict) -> list[str]:
    return [finding["kind"] for finding in advice["evidence"]["findings"]]


def factor(advice: dict) -> float:
    """By how much the advised indexes are to help."""
    return advice["certificate"]["cost_before"] / advice["certificate"]["cost_after"]


def correlated_columns(bench: Bench):
    """The statistics finding comes first, with its check, and what it says makes the estimate right."""
    workload = bench.write("place.sql", ESTIMATES["place.sql"])
    before = bench.analyze(bench.capture(), workload)
    expect(kinds(before) == ["create-statistics"], f"findings: {kinds(before)}")
    finding = before["evidence"]["findings"][0]
    expect(finding["subject"] == "app.place (city, zip)", finding["subject"])
    expect(finding["ratio"] > 100, f"ratio {finding['ratio']}")
    expect(finding["checked"].startswith("Checked on"), finding["checked"])
    expect("On a twin with these statistics" in finding["checked"] and finding["checked"].endswith("that mends it."),
           finding["checked"])  # fmt: skip
    expect(900 < finding["replanned_rows"] < 1100, f"the twin expects {finding['replanned_rows']} rows, and 1,000 come")
    expect(len(before["recommendations"]) == 1, "no index is advised")
    index = before["recommendations"][0]
    expect(index["confidence"] == "low" and finding["recommendations"] == [index["id"]], "the index does not rest on it")
    for step in finding["ddl"]:
        bench.server.sql("shop", step["sql"])
    after = bench.analyze(bench.capture(), workload)
    expect(kinds(after) == [], f"findings after it was applied: {kinds(after)}")
    expect(after["recommendations"][0]["confidence"] != "low", "the confidence is still low")
    costs = [advice["recommendations"][0]["templates"][0]["cost_after"] for advice in (before, after)]
    expect(costs[1] > 1.5 * costs[0], f"the cost with the index was {costs[0]} and is {costs[1]}")
    for step in finding["undo"]:
        bench.server.sql("shop", step["sql"])


def wrong_number_of_values(bench: Bench):
    """Counted, proposed, tried on a twin, and right once it is applied."""
    workload = bench.write("visit.sql", ESTIMATES["visit.sql"])
    before = bench.analyze(bench.capture(), workload)
    expect(kinds(before) == ["n-distinct"], f"findings: {kinds(before)}")
    finding = before["evidence"]["findings"][0]
    expect(finding["subject"] == "app.visit (visitor)", finding["subject"])
    expect("20000 distinct values" in finding["checked"].replace(",", ""), finding["checked"])
    expect("On a twin with that number" in finding["checked"] and finding["checked"].endswith("that mends it."),
           finding["checked"])  # fmt: skip
    expect(finding["replanned_rows"] == 6, f"the twin expects {finding['replanned_rows']} rows, and 6 come")
    for step in finding["ddl"]:
        bench.server.sql("shop", step["sql"])
    after = bench.analyze(bench.capture(), workload)
    expect(kinds(after) == [], f"findings after it was applied: {kinds(after)}")


def row_level_security(bench: Bench):
    """Who executes a statement may see other rows than its user: that is said."""
    log = "".join(f"2026-11-25 10:00:{i:02} UTC [77] clerk@shop LOG:  duration: 9.000 ms  statement: "
                  f"SELECT id FROM app.account WHERE owner = 'owner {i}'\n" for i in range(20))  # fmt: skip
    bench.write("clerk.log", log)
    assay = bench.capture()
    bench.run("ingest", assay, "clerk.log", "--log-line-prefix", "%t [%p] %u@%d ", "--quiet")
    for connection, name, applies in ((bench.source, "postgres", "does not apply"), (bench.reader, "reader", "applies")):
        advice = json.loads(bench.run("advise", assay, "--json", "--analyze", connection, "--pg-bindir", bench.server.bindir))
        notes = advice["evidence"]["notes"]
        expect(any(f"Executed as {name}" in note and "statements of clerk" in note for note in notes), f"role: {notes}")
        expect(any(f"Row level security of app.account {applies} to {name}" in note for note in notes), f"policies: {notes}")
    bench.write("place.sql", ESTIMATES["place.sql"])
    notes = bench.analyze(assay, "place.sql")["evidence"]["notes"]
    expect(not any("Row level security" in note for note in notes), f"of a table that is not read: {notes}")


def stale_statistics(bench: Bench):
    """What ANALYZE changes is seen: an index on the status is worth little any more."""
    bench.server.sql("shop", STALE)
    workload = bench.write("task.sql", ESTIMATES["task.sql"])
    before = bench.analyze(bench.capture(), workload)
    expect(kinds(before) == ["analyze"], f"findings: {kinds(before)}")
    finding = before["evidence"]["findings"][0]
    expect([step["sql"] for step in finding["ddl"]] == ["ANALYZE app.task"], "other statements")
    expect("changed since its last ANALYZE" in finding["summary"], finding["summary"])
    expect(before["recommendations"][0]["confidence"] == "low", "the confidence is not low")
    expect(factor(before) > 100, f"the index was to help {factor(before)} times")
    text = bench.run("advise", f"{bench.captures}.assay", "--workload", workload, "--analyze", bench.reader, "--pg-bindir",
                     bench.server.bindir)
    expect(0 < text.find("Before any index") < text.find("Recommendations, largest gain first"), "the finding is not first")
    bench.server.sql("shop", "ANALYZE app.task")
    after = bench.analyze(bench.capture(), workload)
    expect(kinds(after) == [], f"findings after ANALYZE: {kinds(after)}")
    expect(all(item["confidence"] != "low" for item in after["recommendations"]), "the confidence is still low")
    expect(factor(after) < 10, f"the index is still to help {factor(after)} times")


def skewed_join(bench: Bench):
    """No statistics mend it, and that is said."""
    advice = bench.analyze(bench.capture(), bench.write("sale.sql", ESTIMATES["sale.sql"]))
    expect(kinds(advice)[:1] == ["join-skew"], f"findings: {kinds(advice)}")
    expect(advice["evidence"]["findings"][0]["ddl"] == [], "there is nothing to do")
    expect(all(item["confidence"] == "low" for item in advice["recommendations"]), "the confidence is not low")


def slower_by_rows(bench: Bench):
    """An index that the planner would use for a few rows, where nearly all rows come, is turned down, and others are not."""
    usual = [f"SELECT {what}(length(note)) FROM app.{table}" for table in ("place", "visit", "line")
             for what in ("sum", "avg", "stddev", "variance")]  # fmt: skip
    usual.append("SELECT id, note FROM app.place WHERE zip = 'zip 9'")
    skewed = "SELECT l.* FROM app.line l JOIN app.product p ON p.id = l.product WHERE p.name = 'product 1' ORDER BY l.amount"
    workload = bench.write("skewed.sql", ";\n".join([*usual, skewed]) + ";\n")
    capture = bench.capture()
    planned = bench.advise(capture, workload, "--gap", "0")
    expect(any("app.line (product" in item["definition"] for item in planned["recommendations"]), "the planner does not want the index")
    advice = bench.analyze(capture, workload, "--gap", "0")
    expect(advice["times"]["good"], f"no times: {advice['times']}")
    advised = [item["definition"] for item in advice["recommendations"]]
    expect(not any("app.line (product" in definition for definition in advised), f"advised: {advised}")
    expect(any("app.place (zip" in definition for definition in advised), f"advised: {advised}")
    turned = [item for item in advice["rejected"] if item["reason"] == "slower-by-rows"]
    expect(any("app.line (product" in item["definition"] for item in turned), f"turned down: {turned}")


def hidden_column(bench: Bench):
    """A cast of the column is found without executing anything."""
    advice = bench.advise(bench.capture(), bench.write("due.sql", ESTIMATES["due.sql"]))
    expect(kinds(advice) == ["column-cast"], f"findings: {kinds(advice)}")
    expect(advice["evidence"]["findings"][0]["rewrite"] == "due >= $1 AND due < $1 + 1", "another rewrite")
    expect(not advice["evidence"]["analyzed"], "something was executed")


def refusals(bench: Bench):
    """Only what is proven to read is executed, by a role that may do no more."""
    workload = bench.write("statements.sql", "".join(f"{sql};\n" for sql, _ in STATEMENTS))
    assay = bench.capture()
    state = "SELECT (SELECT last_value FROM app.numbers), (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables)"
    before = bench.query(state)
    bench.server.sql("shop", "ALTER ROLE reader SET log_statement = 'all'; ALTER ROLE reader SET log_min_messages = 'log'")
    bench.server.sql("shop", "ALTER SYSTEM SET log_line_prefix = '%u '")
    bench.server.sql("shop", "SELECT pg_reload_conf(), pg_sleep(0.5)")
    start = (bench.server.directory / "log").stat().st_size
    seen = {}
    # Each by itself, because advice executes only what it rests on.
    for item in json.loads(bench.run("advise", assay, "--workload", workload, "--json", "--pg-bindir", bench.server.bindir))["templates"]:
        if item["source"] != "file":
            continue  # PostgreSQL's own search for a foreign key
        explained = json.loads(bench.run("explain", assay, item["id"], "--workload", workload, "--json", "--show-literals", "--analyze",
                                         bench.reader, "--pg-bindir", bench.server.bindir))
        sql = explained["templates"][0]["bindings"][0]["sql"]
        refused = [entry["code"] for entry in explained["evidence"]["refused"]]
        seen[sql] = refused[0] if refused else None
        expect(bool(refused) != bool(explained["evidence"]["plans"]), f"{sql}: neither executed nor refused")
    for sql, code in STATEMENTS:
        expect(sql in seen, f"not planned: {sql}")
        expect(seen[sql] == code, f"{sql}: {seen[sql]}, expected {code}")
    expect(bench.query(state) == before, "something was written")
    log = (bench.server.directory / "log").read_text()[start:]
    sent = re.findall(r"^reader LOG:  (?:statement|execute [^:]*): (.*(?:\n(?!\w+ (?:LOG|DETAIL|ERROR|STATEMENT|HINT|CONTEXT|WARNING|NOTICE):).*)*)", log,
                      re.MULTILINE)
    expect(len(sent) > 100, f"only {len(sent)} statements were logged:\n{log[:2000]}")
    for statement in sent:
        for part in statement.split("; ") if statement.startswith(("BEGIN", "SAVEPOINT", "ROLLBACK")) else [statement]:
            expect(ALLOWED.match(part.strip()) is not None, f"sent: {part}")
    executed = [statement for statement in sent if statement.startswith("EXPLAIN")]
    for sql, code in STATEMENTS:
        ran = any(statement.endswith(sql) for statement in executed)
        expect(ran == (code is None), f"{'sent although refused' if ran else 'not sent'}: {sql}")


def another_database(bench: Bench):
    """A database without the captured tables is refused before anything is planned."""
    assay = bench.capture()
    other = bench.reader.replace("dbname=shop", "dbname=postgres")
    message = bench.run("advise", assay, "--workload", bench.write("place.sql", ESTIMATES["place.sql"]), "--analyze", other,
                        "--pg-bindir", bench.server.bindir, code=3)
    expect("it has no table app.place" in message and "capture it again" in message, message)


def busy_server(bench: Bench):
    """Above the limit of other sessions at work nothing is executed."""
    busy = subprocess.Popen([bench.server.bindir / "psql", "-X", "-h", bench.server.directory, "-U", "postgres", "-d", "shop", "-c",
                             "SELECT pg_sleep(60)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={})
    try:
        deadline = time.monotonic() + 30
        while bench.query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'") != "1":
            expect(time.monotonic() < deadline, "the other session does not start")
        message = bench.run("advise", bench.capture(), "--workload", bench.write("place.sql", ESTIMATES["place.sql"]), "--analyze",
                            bench.reader, "--analyze-max-active", "0", "--pg-bindir", bench.server.bindir, code=3)
        expect("--analyze-max-active" in message, message)
    finally:
        bench.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'")
        busy.wait()


def interrupted(bench: Bench):
    """Ctrl-C ends a statement that runs, and the advice is printed without it."""
    slow = "SELECT count(*) FROM app.place a, app.place b WHERE a.amount + b.amount < 0"
    run = subprocess.Popen(bench.command("advise", bench.capture(), "--workload", bench.write("slow.sql", slow + ";"), "--json", "--analyze",
                                         bench.reader, "--pg-bindir", bench.server.bindir),
                           cwd=bench.directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=bench.environment())
    executing = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active' AND query LIKE 'EXPLAIN (ANALYZE%'"
    deadline = time.monotonic() + 60
    while bench.query(executing) == "0":
        expect(run.poll() is None and time.monotonic() < deadline, "the statement was not executed")
    run.send_signal(signal.SIGINT)
    deadline = time.monotonic() + 10  # by itself it would take minutes
    while bench.query(executing) != "0":
        expect(time.monotonic() < deadline, "the statement goes on")
    output, errors = run.communicate(timeout=120)
    expect(run.returncode == 5, f"ended with {run.returncode}: {errors}")
    advice = json.loads(output)
    expect(advice["partial"] and advice["evidence"]["interrupted"], "not told")
    expect([entry["code"] for entry in advice["evidence"]["refused"]] == ["out-of-time"], "no reason")
    expect(bench.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader'") == "0", "the session is still there")


TESTS = [correlated_columns, wrong_number_of_values, row_level_security, stale_statistics, skewed_join, slower_by_rows, hidden_column, another_database, busy_server, interrupted, refusals]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    parser.add_argument("only", nargs="*", help="names of tests (default: all)")
    arguments = parser.parse_args()
    failed = False
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o711)
    server = Server(arguments.pg_bindir, scram=False)
    try:
        server.sql("shop", SCHEMA)
        server.sql("shop", "ANALYZE")
        bench = Bench(arguments.program.resolve(), server, directory)
        for test in TESTS:
            if arguments.only and test.__name__ not in arguments.only:
                continue
            try:
                test(bench)
                print(f"{test.__name__}: as expected")
            except Failure as failure:
                failed = True
                print(f"{test.__name__}: {failure}")
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
