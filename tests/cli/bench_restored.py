"""A bench of a copy that is restored from a dump, on a private server and on a named one, with cold caches; and what the
next advice makes of the measured times."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bench"))
from private_server import temporary_server  # noqa: E402

TIMEOUT_S = 250
SCHEMA = """
CREATE ROLE reader;
CREATE TABLE t AS SELECT i AS id, i % 2000 AS a, i % 7 AS b, repeat('x', 60) AS pad FROM generate_series(1, 60000) i;
CREATE TABLE owned AS SELECT i AS id, i % 2 AS half FROM generate_series(1, 1000) i;
ALTER TABLE owned ENABLE ROW LEVEL SECURITY;
CREATE POLICY odd ON owned FOR SELECT TO reader USING (half = 1);
GRANT SELECT ON t, owned TO reader;
CREATE INDEX t_b ON t (b);
VACUUM ANALYZE;
"""
# As many statements as a time model needs, half of them served by the set.
COUNTS = ["", "count(*), ", "count(*), min(id), ", "min(id), "]
QUERIES = "".join(f"SELECT {counts} sum(length(pad)) FROM t WHERE a = 7;\n"
                  f"SELECT {counts} max(id) FROM t WHERE id % 5 = 1 AND b = 3;\n"
                  f"SELECT b, {counts} max(pad) FROM t GROUP BY b;\n" for counts in COUNTS)  # fmt: skip
DATABASES = "SELECT datname FROM pg_database ORDER BY 1"


def check(what: str, condition: bool, seen: object) -> None:
    if not condition:
        sys.exit(f"not met: {what}: {seen}")


class Program:
    def __init__(self, program: Path, folder: Path):
        self.program, self.tmp = program, folder / "tmp"
        self.tmp.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.tmp), "XDG_CACHE_HOME": str(folder / "cache")}

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        done = subprocess.run([str(self.program), *arguments], text=True, capture_output=True, timeout=TIMEOUT_S,
                              env=self.environment)  # fmt: skip
        check("no private server is left", not list(self.tmp.iterdir()), list(self.tmp.iterdir()))
        return done

    def json(self, *arguments: str) -> dict:
        done = self.run(*arguments, "--json")
        check(f"exit code of {arguments[0]}", done.returncode == 0, done.stderr + done.stdout[-2000:])
        return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    args = parser.parse_args()
    with temporary_server("pgassay-restored-", args.pg_bindir) as server, tempfile.TemporaryDirectory(
            prefix="pgassay-r-") as name:  # fmt: skip
        folder = Path(name)
        folder.chmod(0o755)
        program = Program(args.program, folder)
        server.start()
        try:
            server.psql("postgres", "CREATE DATABASE app")
            server.psql("app", SCHEMA)
            dump, assay = str(folder / "dump"), str(folder / "app.assay")
            subprocess.run([str(args.pg_bindir / "pg_dump"), "--format=directory", "--file", dump], check=True,
                           env=server.environment("app"))  # fmt: skip
            check("the capture", program.run("capture", server.conninfo("app"), "-o", assay, "--quiet").returncode == 0, assay)
            (folder / "q.sql").write_text(QUERIES)
            (folder / "new.sql").write_text("CREATE INDEX ON t (a);\n")
            bench = ["bench", "--from", assay, "--workload", str(folder / "q.sql"), "--rounds", "1", "--samples", "25",
                     "--count", "0"]  # fmt: skip
            new = ["--set", f"new={folder / 'new.sql'}"]
            before = server.query("postgres", DATABASES)

            # The same capture has no times, so advice has none either.
            advise = ["advise", assay, "--workload", str(folder / "q.sql")]
            times = program.json(*advise)["times"]
            check("no times before a bench", not times["good"] and times["measured"] == 0, times)

            result = program.json(*bench, *new, "--restore", dump)
            measured = result["sets"][1]
            check("the set is measured", measured["problem"] is None and measured["rounds"] == 1, measured)
            check("answers agree", not result["answers_differ"], result)
            check("roles are there", not any("does not exist" in note for note in result["notes"]), result["notes"])
            check("the index is used", measured["indexes"][0]["scans"] > 0, measured["indexes"])
            check("warm runs read nothing", all(q["blocks_read"] == 0 for q in measured["queries"]), measured["queries"])

            # A restart for each run: two statements are enough.
            (folder / "cold.sql").write_text("\n".join(QUERIES.splitlines()[:2]))
            few = [*bench[:3], "--workload", str(folder / "cold.sql"), "--rounds", "1", "--samples", "1", "--count", "0", *new]
            cold = program.json(*few, "--restore", dump, "--cold", "--shared-buffers", "32MB")
            before_cold = cold["sets"][0]["queries"]
            check("cold runs read all", all(q["blocks_read"] > 0.9 * q["blocks_hit"] for q in before_cold), before_cold)
            check("cold is said", any("restarted" in note for note in cold["notes"]), cold["notes"])

            # On the captured server only if somebody insists.
            on_server = [*few, "--restore", dump, "--disposable", server.conninfo("postgres")]
            done = program.run(*on_server)
            check("the captured server is refused", done.returncode == 3 and "--force-production-id" in done.stderr, done)
            result = program.json(*on_server, "--force-production-id", "--cold")
            check("measured there", result["sets"][1]["rounds"] == 1, result)
            check("its buffers are told apart", any("stayed as they were" in n for n in result["notes"]), result["notes"])
            check("the restored database is dropped", server.query("postgres", DATABASES) == before, before)

            # No dump, and one that is damaged.
            done = program.run(*bench, *new, "--restore", str(folder / "q.sql"))
            check("no archive", done.returncode == 4 and "pg_dump --format=directory" in done.stderr, done)
            for data in Path(dump).glob("[0-9]*.dat*"):
                data.write_bytes(data.read_bytes()[:50])
            done = program.run(*bench, *new, "--restore", dump)
            check("a damaged dump", done.returncode == 3 and "did not restore" in done.stderr, done)

            # What was measured tells how long plans take, and the advised plans that it saw.
            advice = program.json(*advise)
            times = advice["times"]
            check("benches tell times", times["measured"] >= 12 and times["good"], times)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
