"""A bench that is interrupted or killed while a set is in place: Ctrl-C removes the set and ends with 130; after SIGKILL
the next run finds and undoes what is left, and drops the copy of a killed one. A set is removed although somebody looks
at its table for longer than the lock timeout."""

import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bench"))
from private_server import temporary_server  # noqa: E402

TIMEOUT_S = 120
# Indexes, schemas and databases: all that a bench makes or drops.
STATE = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 't'::regclass ORDER BY 1;
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pgassay%';
SELECT datname FROM pg_database ORDER BY 1;
"""


def wait_for(what: str, condition) -> None:
    until = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > until:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.02)


class Bench:
    def __init__(self, server, program: Path, folder: Path):
        self.server, self.program, self.folder = server, program, folder

    def command(self, target: str, *more: str) -> list[str]:
        return [str(self.program), "bench", target, self.server.conninfo("bench"), "--workload",
                str(self.folder / "q.sql"), "--set", f"new={self.folder / 'new.sql'}", "--count", "0", "--json",
                *more]  # fmt: skip

    def run(self, target: str) -> dict:
        done = subprocess.run(self.command(target, "--rounds", "1", "--samples", "1"), text=True, capture_output=True,
                              timeout=TIMEOUT_S)  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"{target}: exit code {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def stop(self, target: str, number: signal.Signals) -> int:
        """Sends the signal when the set stands in place of the index that it drops."""
        child = subprocess.Popen(self.command(target, "--rounds", "1000"), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)  # fmt: skip
        copies = "SELECT datname FROM pg_database WHERE datname LIKE 'pgassay%'"

        def in_place() -> bool:
            database = "bench"
            if target == "--copy":
                found = self.server.query("postgres", copies)
                if not found:
                    return False
                database = found[0][0]
            try:
                return self.is_in_place(database)
            except subprocess.CalledProcessError:
                return False  # the copy is not complete yet

        wait_for("the set", in_place)
        child.send_signal(number)
        return child.wait(timeout=TIMEOUT_S)

    def watched(self) -> dict:
        """What a run says whose table somebody reads from when the set is in place, for longer than it waits for locks."""
        child = subprocess.Popen(self.command("--disposable", "--rounds", "2", "--samples", "200", "--lock-timeout", "1s"),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        wait_for("the set", lambda: self.is_in_place("bench"))
        look = ["BEGIN", "SELECT count(*) FROM t", "SELECT pg_sleep(600)"]
        reader = subprocess.Popen([str(self.server.bindir / "psql"), "-qX", *(word for sql in look for word in ("-c", sql))],
                                  env=self.server.environment("bench"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        waiting = "SELECT 1 FROM pg_locks WHERE relation = 't'::regclass AND NOT granted"
        wait_for("the removal to wait", lambda: child.poll() is not None or self.server.query("bench", waiting))
        time.sleep(3)  # three times as long as the lock timeout
        self.server.query("bench", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' "
                          "AND pid <> pg_backend_pid()")  # fmt: skip
        output, errors = child.communicate(timeout=TIMEOUT_S)
        reader.wait(timeout=TIMEOUT_S)
        check("the run goes on to its end", child.returncode == 0, f"{child.returncode}: {errors}{output[-2000:]}")
        return json.loads(output)

    def is_in_place(self, database: str) -> bool:
        names = self.server.query(database, "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 't'::regclass")
        return ["t_a"] in names and ["t_b"] not in names

    def state(self) -> list[list[str]]:
        return self.server.query("bench", STATE)


def check(what: str, condition: bool, seen: object) -> None:
    if not condition:
        sys.exit(f"not met: {what}: {seen}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    args = parser.parse_args()
    with temporary_server("pgassay-killed-", args.pg_bindir) as server:
        server.start()
        try:
            server.psql("postgres", "CREATE DATABASE bench")
            server.psql("bench", "CREATE TABLE t AS SELECT i AS id, i % 100 AS a, i % 7 AS b FROM generate_series(1, 20000) i; "
                        "CREATE INDEX t_b ON t (b); ANALYZE t")  # fmt: skip
            (server.folder / "q.sql").write_text("SELECT id FROM t WHERE a = 5;\nUPDATE t SET a = a + 1 WHERE id = 5;\n")
            (server.folder / "new.sql").write_text("CREATE INDEX t_a ON t (a);\nDROP INDEX t_b;\n")
            bench = Bench(server, args.program, server.folder)
            before = bench.state()

            code = bench.stop("--disposable", signal.SIGINT)
            check("exit code 130 after Ctrl-C", code == 130, code)
            check("Ctrl-C leaves nothing", bench.state() == before, bench.state())

            result = bench.watched()
            rounds = [of["rounds"] for of in result["sets"]]
            check("all rounds count although somebody reads the table", rounds == [2, 2] and not result["partial"], result)
            check("nothing is left after that", bench.state() == before, bench.state())

            bench.stop("--disposable", signal.SIGKILL)
            check("SIGKILL leaves something", bench.state() != before, bench.state())
            notes = bench.run("--disposable")["notes"]
            check("the next run says what it undid", sum("an earlier run did not end" in n for n in notes) == 2, notes)
            check("the next run undoes it", bench.state() == before, bench.state())

            code = bench.stop("--copy", signal.SIGINT)
            check("exit code 130 after Ctrl-C", code == 130, code)
            check("Ctrl-C drops the copy", bench.state() == before, bench.state())

            bench.stop("--copy", signal.SIGKILL)
            check("SIGKILL leaves a copy", bench.state() != before, bench.state())
            copies = "SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'pgassay%'"
            wait_for("the killed one's sessions to end", lambda: not server.query("postgres", copies))
            notes = bench.run("--copy")["notes"]
            check("the next run says what it dropped", any("the copy of an earlier run" in n for n in notes), notes)
            check("the next run drops it", bench.state() == before, bench.state())

            # The remark follows CREATE DATABASE; one that is killed between the two leaves a copy without it.
            bench.stop("--copy", signal.SIGKILL)
            wait_for("the killed one's sessions to end", lambda: not server.query("postgres", copies))
            [[left]] = server.query("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'pgassay%'")
            server.psql("postgres", f"COMMENT ON DATABASE {left} IS NULL; CREATE DATABASE pgassay_bench_of_mine")
            notes = bench.run("--copy")["notes"]
            check("a copy without a remark is known", any(f"dropped {left}" in n for n in notes), notes)
            own = server.query("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'pgassay%'")
            check("what only has the name of one stays", own == [["pgassay_bench_of_mine"]], own)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
