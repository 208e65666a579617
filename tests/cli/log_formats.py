"""One traffic, logged in every format that is read: the same templates, calls and durations, and pg_stat_statements'
calls.

log_formats.py --program PROGRAM --pg-bindir DIR

stderr, csvlog and jsonlog are the server's own. The others are written here from the entries of its csvlog, as syslogd,
Heroku and the managed services write them; and the text is packed in every way that is read.
"""

import argparse
import bz2
import csv
import datetime
import gzip
import io
import json
import lzma
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
from private_server import as_server, temporary_server  # noqa: E402

SETTINGS = """
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = '{logs}'
log_filename = 'server.log'
log_rotation_age = 0
log_rotation_size = 0
log_timezone = 'UTC'
log_file_mode = 0644
log_min_duration_statement = 0
log_line_prefix = '%m [%p] %q%u@%d/%a %c %v %Q '
log_temp_files = 0
log_lock_waits = on
log_checkpoints = on
log_connections = on
log_disconnections = on
pg_stat_statements.track_utility = off
"""

FIELDS = (
    "time user database pid client session line tag start vxid xid severity state message detail hint internal "
    "internal_position context query position location application backend leader query_id"
).split()

SCHEMA = """
CREATE ROLE web LOGIN; CREATE ROLE job LOGIN;
CREATE TABLE item (id int PRIMARY KEY, owner int, name text, price numeric);
INSERT INTO item SELECT g, g % 50, 'item ' || g, g / 7.0 FROM generate_series(1, 2000) g;
CREATE TABLE note (id serial PRIMARY KEY, item_id int, body text);
GRANT ALL ON item, note, note_id_seq TO web, job;
ANALYZE;
"""

# The script, the role, how the driver sends it, and how often: known numbers of calls, most of them in loops.
TRAFFIC = (
    ("SELECT id, name FROM item WHERE owner = :c;\n" + "SELECT price FROM item WHERE id = :a;\n" * 6, "web", "prepared", 40),
    ("BEGIN;\nINSERT INTO note (item_id, body) VALUES (:a, 'it''s, \"quoted\"\n\tand tabbed $1');\n"
     "UPDATE item\n   SET price = price + 1\n WHERE id = :b;\nCOMMIT;\n", "job", "simple", 50),
    ("SELECT count(*) FROM item WHERE name LIKE 'item 1%' AND owner IN (:c, 2, 3) -- the owners\n;\n", "web", "extended", 30),
    ("SELECT /*route='list',action='show'*/ * FROM note WHERE item_id = :a AND body IS NOT NULL AND id < 100000 ORDER BY id LIMIT 3;\n",
     "web", "prepared", 60),
)  # fmt: skip

ODD = """
PREPARE p(int, text) AS SELECT name FROM item WHERE id = $1 AND name <> $2;
EXECUTE p(1, NULL); EXECUTE p(2, 'a, $1 ''b'''); EXECUTE p(3, E'\\n');
SELECT 1 / 0;
SELECT * FROM nowhere;
SET statement_timeout = '20ms'; SELECT pg_sleep(5); RESET statement_timeout;
SELECT 'äöü ' || chr(8364) FROM item WHERE id = -5;
SELECT count(*) FROM (SELECT * FROM generate_series(1, 200000) g ORDER BY g DESC) s;
"""


class Failure(Exception):
    """What was expected did not happen."""


def run_traffic(server):
    for number, (script, role, mode, transactions) in enumerate(TRAFFIC):
        path = server.folder / f"script{number}.sql"
        path.write_text(
            "\\set a random(1, 2000)\n\\set b random(1, 2000)\n\\set c random(0, 49)\n" + script.replace("\n   SET", " SET").replace("\n WHERE", " WHERE")
            if mode != "simple" else "\\set a random(1, 2000)\n\\set b random(1, 2000)\n" + script)  # fmt: skip
        command = ["pgbench", "-n", "-U", role, "-c", "2", "-t", str(transactions // 2), "-M", mode, "-f", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=server.environment("shop"))
    subprocess.run(["psql", "-qX", "-U", "web"], input=ODD, text=True, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env=server.environment("shop"))  # fmt: skip


class Entry(dict):
    def when(self):
        return datetime.datetime.strptime(self["time"], "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=datetime.timezone.utc)

    def parts(self):
        """What the server writes under one prefix each."""
        yield self["severity"], self["message"]
        for label in ("detail", "hint", "context"):
            if self[label]:
                yield label.upper(), self[label]
        if self["query"]:
            yield "STATEMENT", self["query"]

    def lines(self, prefix):
        for label, text in self.parts():
            yield from f"{prefix}{label}:  {text}".replace("\n", "\n\t").split("\n")


def prefix_of(entry, prefix):
    name = {"m": "time", "u": "user", "d": "database", "p": "pid", "a": "application", "c": "session", "v": "vxid", "l": "line",
            "e": "state", "Q": "query_id", "x": "xid"}  # fmt: skip
    values = {f"%{code}": entry[field] for code, field in name.items()}
    values["%t"] = entry["time"][:19] + " UTC"
    values["%s"] = entry["start"]
    values["%r"] = entry["client"].replace("[local]", "127.0.0.1(5432)")
    for code, value in values.items():
        prefix = prefix.replace(code, value)
    return prefix


def syslog_chunks(entry, prefix):
    """As write_syslog() splits: at newlines and, beyond 900 bytes, in front of a space."""
    for line in entry.lines(prefix_of(entry, prefix)):
        while len(line) > 900:
            cut = line.rfind(" ", 1, 900)
            cut = cut if cut > 0 else 900
            yield line[:cut]
            line = line[cut:]
        yield line


def syslog(entries, head):
    for number, entry in enumerate(entries, 1):
        for chunk, text in enumerate(syslog_chunks(entry, "user=%u,db=%d,app=%a,s=%c,v=%v "), 1):
            yield f"{head(entry)}[{number}-{chunk}] " + text.replace("\t", "#011")


def bsd_head(entry):
    return f"{entry.when():%b %e %H:%M:%S} db1 postgres[{entry['pid']}]: "


def rfc_head(entry):
    return f"<134>1 {entry.when():%Y-%m-%dT%H:%M:%S.%f}+00:00 db1 postgres {entry['pid']} - - "


HEROKU = ('sql_error_code = %e time_ms = "%m" pid="%p" proc_start_time="%s" session_id="%c" vtid="%v" tid="%x" log_line="%l" '
          'database="%d" connection_source="%r" user="%u" application_name="%a" ')  # fmt: skip


def logplex(entries):
    for number, entry in enumerate(entries, 1):
        for chunk, text in enumerate(syslog_chunks(entry, HEROKU), 1):
            yield f"{entry.when():%Y-%m-%dT%H:%M:%S}+00:00 app[postgres.{entry['pid']}]: [DATABASE] [{number}-{chunk}] " + text


UNNAMED = "<%m %p %d %u> "
RDS = "%t:%r:%u@%d:[%p]:"
GOOGLE = "%m [%p]: [%l-1] db=%d,user=%u "


def rds(entries):
    for entry in entries:
        yield from entry.lines(prefix_of(entry, RDS))


def google(entry, number, text, where):
    return json.dumps({"insertId": f"s={number}", "logName": "projects/p/logs/cloudsql.googleapis.com%2Fpostgres.log",
                       "severity": "INFO", where: text if where == "textPayload" else {"message": text},
                       "resource": {"type": "cloudsql_database", "labels": {"database_id": "p:main"}},
                       "timestamp": f"{entry.when() + datetime.timedelta(microseconds=number % 1000):%Y-%m-%dT%H:%M:%S.%f}Z"})  # fmt: skip


def cloud_sql(entries):
    number = 0
    for entry in entries:
        for label, text in entry.parts():
            number += 1
            line = f"{prefix_of(entry, GOOGLE)}{label}:  {text}".replace("\n", "\n\t")
            yield google(entry, number, line, "textPayload")


def alloy_db(entries):
    number = 0
    for entry in entries:
        for label, text in entry.parts():
            number += 1
            place = "[postgres.c:1100]  " if label == entry["severity"] else ""
            line = f"{prefix_of(entry, GOOGLE)}{label}:  {place}{text}".replace("\n", "\n\t")
            yield google(entry, number, line, "jsonPayload")


def azure(entries):
    for entry in entries:
        prefix = prefix_of(entry, "%m [%p]: [%l-1] xact=%x,user=%u,db=%d,client=[local], app=%a")
        properties = {"timestamp": entry["time"], "processId": int(entry["pid"]), "errorLevel": entry["severity"],
                      "sqlerrcode": entry["state"], "message": f"{prefix}{entry['severity']}:  {entry['message']}"}  # fmt: skip
        if entry["detail"]:
            properties["detail"] = entry["detail"]
        if entry["query"]:
            properties["statement"] = entry["query"]
        yield json.dumps({"properties": properties, "time": f"{entry.when():%Y-%m-%dT%H:%M:%S.%f}Z", "category": "PostgreSQLLogs",
                          "resourceId": "/SUBSCRIPTIONS/X", "operationName": "LogEvent"})  # fmt: skip


CNPG = {"time": "log_time", "user": "user_name", "database": "database_name", "pid": "process_id", "client": "connection_from",
        "session": "session_id", "line": "session_line_num", "tag": "command_tag", "start": "session_start_time",
        "vxid": "virtual_transaction_id", "xid": "transaction_id", "severity": "error_severity", "state": "sql_state_code",
        "application": "application_name", "backend": "backend_type"}  # fmt: skip


def cloud_native_pg(entries):
    for number, entry in enumerate(entries):
        if number % 100 == 0:
            yield '{"level":"info","ts":"2026-01-01T00:00:00Z","logger":"instance-manager","msg":"status"}'
        record = {CNPG.get(name, name): value for name, value in entry.items() if value}
        yield json.dumps({"level": "info", "ts": f"{entry.when():%Y-%m-%dT%H:%M:%S.%f}Z", "logger": "postgres", "msg": "record",
                          "logging_pod": "main-1", "record": record})  # fmt: skip


def cloud_watch(entries):
    for entry in entries:
        for label, text in entry.parts():
            message = f"{prefix_of(entry, RDS)}{label}:  {text}".replace("\n", "\n\t")
            yield json.dumps({"timestamp": int(entry.when().timestamp() * 1000), "message": message, "ingestionTime": 0})


def container(text):
    for line in text.splitlines():
        yield json.dumps({"log": line + "\n", "stream": "stderr", "time": "2026-11-25T10:11:12.5Z"})


def pack(text, name, directory):
    """The text in every container that is read; the name says which."""
    data = text.encode()
    (directory / "packed.log.gz").write_bytes(gzip.compress(data))
    (directory / "packed.log.bz2").write_bytes(bz2.compress(data))
    (directory / "packed.log.xz").write_bytes(lzma.compress(data))
    for tool in ("zstd", "lz4"):
        if shutil.which(tool):
            suffix = {"zstd": "zst", "lz4": "lz4"}[tool]
            packed = subprocess.run([tool, "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
            (directory / f"packed.log.{suffix}").write_bytes(packed)
    with zipfile.ZipFile(directory / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    for suffix in ("tar", "tar.gz"):
        with tarfile.open(directory / f"packed.{suffix}", "w:gz" if suffix == "tar.gz" else "w") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (directory / "crlf.log").write_bytes(data.replace(b"\n", b"\r\n"))


def derive(logs, directory):
    with open(logs / "server.csv", encoding="utf-8", newline="") as file:
        entries = [Entry(zip(FIELDS, row)) for row in csv.reader(file)]
    text = (logs / "server.log").read_text()
    # Of a client; what the server itself says has no user, and some formats write [unknown] then.
    own = [entry for entry in entries if entry["user"]]
    written = {"syslog-bsd.log": syslog(own, bsd_head), "syslog-5424.log": syslog(own, rfc_head), "logplex.log": logplex(own),
               "rds.log": rds(own), "cloudsql.json": cloud_sql(own), "alloydb.json": alloy_db(own), "azure.json": azure(own),
               "unnamed.log": (line for entry in own for line in entry.lines(prefix_of(entry, UNNAMED))), "cnpg.json": cloud_native_pg(own), "cloudwatch.json": cloud_watch(own), "container.json": container(text)}  # fmt: skip
    for name, lines in written.items():
        (directory / name).write_text("".join(line + "\n" for line in lines))
    pack(text, "server.log", directory)


def essence(program, log, capture, assay):
    """Calls and milliseconds by statement and by hour, and what was not kept."""
    shutil.copy(capture, assay)
    done = subprocess.run([program, "ingest", assay, log, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failure(f"{log}: {done.stderr}")
    told = json.loads(done.stdout)
    queries = json.loads(subprocess.run([program, "queries", assay, "--json", "--limit", "100000"], stdout=subprocess.PIPE, check=True).stdout)
    seen = {}
    for query in queries["queries"]:
        calls, total = seen.get(query["sql"], (0, 0))
        seen[query["sql"]] = (calls + query["calls"], round(total + query["total_ms"], 3))
    if users := {query["user"] for query in queries["queries"]} - {"web", "job", "postgres", ""}:
        raise Failure(f"{log}: the users {users}")
    for of in queries["histogram"]:
        seen[of["hour"]] = (of["calls"], of["total_ms"])
    unknown = sum(sum(of["unknown_lines"].values()) for of in told["logs"])
    return seen, unknown, done.stderr


def server_counts(server):
    rows = server.query("shop", "SELECT regexp_replace(query, '[[:space:]]+', ' ', 'g'), sum(calls) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
                                "WHERE datname = 'shop' AND toplevel GROUP BY 1")  # fmt: skip
    return {" ".join(text.split()): int(calls) for text, calls in rows}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--pg-bindir", required=True)
    parser.add_argument("--keep", help="a new folder for the logs, for looking at them")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    with temporary_server("pgassay-formats-", pathlib.Path(arguments.pg_bindir)) as server:
        logs = server.folder / "logs"
        logs.mkdir()
        if os.geteuid() == 0:
            shutil.chown(logs, "postgres")
        server.start(SETTINGS.format(logs=logs))
        try:
            server.psql("postgres", "CREATE DATABASE shop")
            server.psql("shop", "CREATE EXTENSION pg_stat_statements;" + SCHEMA)
            subprocess.run(as_server(["truncate", "-s", "0", *[str(logs / f"server.{end}") for end in ("log", "csv", "json")]]), check=True)
            server.psql("shop", "SELECT pg_stat_statements_reset()")
            run_traffic(server)
            counted = server_counts(server)
            capture = server.folder / "capture.assay"
            for end in ("log", "csv", "json"):
                shutil.copy(logs / f"server.{end}", server.folder / f"server.{end}")
            # Fields without names: only the server's own setting tells which is which.
            server.psql("postgres", f"ALTER SYSTEM SET log_line_prefix = '{UNNAMED}'")
            server.psql("postgres", "SELECT pg_reload_conf(); SELECT pg_sleep(1)")
            # The logs are the workload then.
            server.psql("shop", "DROP EXTENSION pg_stat_statements")
            subprocess.run([program, "capture", server.conninfo("shop"), "-o", str(capture), "--quiet"], check=True)
        finally:
            server.stop()
        with tempfile.TemporaryDirectory(prefix="pgassay-formats-") as name:
            home = pathlib.Path(arguments.keep or name)
            home.mkdir(exist_ok=True)
            for end in ("log", "csv", "json"):
                shutil.copy(server.folder / f"server.{end}", home / f"server.{end}")
            derive(home, home)
            wanted, unknown, _ = essence(program, home / "server.log", capture, home / "text.assay")
            if unknown:
                raise Failure(f"{unknown} unknown lines in the server's own text")
            compared = {" ".join(text.split()): calls for text, (calls, _) in wanted.items()}
            for text, calls in counted.items():
                if "pg_stat_statements" in text or text not in compared:
                    continue
                if compared[text] != calls:
                    raise Failure(f"{text}: {compared[text]} calls logged, {calls} counted by pg_stat_statements")
            both = sum(counted[text] for text in counted if text in compared)
            if both < 380:
                raise Failure(f"only {both} calls could be compared with pg_stat_statements")
            names = sorted(path for path in home.iterdir() if path.suffix != ".assay" and path.name != "server.log")
            for path in names:
                seen, unknown, told = essence(program, path, capture, home / (path.name + ".assay"))
                if seen != wanted:
                    lines = [f"  {text}: {wanted.get(text)} in text, {seen.get(text)} here"
                             for text in sorted(wanted.keys() | seen.keys()) if wanted.get(text) != seen.get(text)]  # fmt: skip
                    raise Failure(f"{path.name}:\n" + "\n".join(lines[:10]) + f"\n{told}")
                if unknown:
                    raise Failure(f"{path.name}: {unknown} unknown lines\n{told}")
            wanted = {text: counts for text, counts in wanted.items() if not text.startswith("20")}
            calls = sum(calls for calls, _ in wanted.values())
            print(f"{len(names) + 1} files say the same: {len(wanted)} statements, {calls} calls, {both} of them as pg_stat_statements")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"failed: {failure}")
