"""ingest --follow on logs that grow and rotate while it runs: every call is in the assay file once, whatever happens."""

import argparse
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMEOUT_S = 120  # of every wait; a test that needs it hangs


class Failure(Exception):
    """What was expected did not happen."""


class Writer:
    """Writes logs as a server does, each entry with one write, and counts the calls."""

    def __init__(self):
        self.calls = 0

    def text(self, calls: int, tag: str = "t") -> str:
        lines = []
        for _ in range(calls):
            second = self.calls
            self.calls += 1
            lines.append(f"2026-11-25 {10 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.100 UTC [11] ann@shop "
                         f"LOG:  duration: 1.000 ms  statement: SELECT a FROM {tag} WHERE b = {second}\n")
        return "".join(lines)

    def append(self, path: Path, calls: int):
        with open(path, "a", encoding="utf-8") as log:
            log.write(self.text(calls))


class Follow:
    """A run of the program on the logs of a directory of its own."""

    def __init__(self, program: Path, directory: Path, *logs: str):
        self.assay = directory / "x.assay"
        self.process = subprocess.Popen(
            [program, "ingest", "--follow", self.assay, *logs], cwd=directory, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TERM": "dumb"})

    def count(self, column: str) -> int:
        try:
            with sqlite3.connect(f"file:{self.assay}?mode=ro", uri=True) as database:
                return database.execute(f"SELECT coalesce(sum({column}), 0) FROM log_template").fetchone()[0]
        except sqlite3.OperationalError:  # not made yet, or being written
            return 0

    def wait_for(self, wanted: int, column: str = "calls"):
        deadline = time.monotonic() + TIMEOUT_S
        while (now := self.count(column)) != wanted:
            if now > wanted:
                raise Failure(f"{now} {column}, more than the {wanted} that were written")
            if self.process.poll() is not None:
                raise Failure(f"ended by itself with {self.process.returncode}:\n{self.process.stderr.read()}")
            if time.monotonic() > deadline:
                self.process.kill()
                raise Failure(f"{now} {column} instead of {wanted}\n{self.process.communicate()[1]}")
            time.sleep(0.1)

    def end(self, with_signal=signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(with_signal)
        _, err = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, err


def expect(condition: bool, what: str):
    if not condition:
        raise Failure(what)


def grows_and_ends(program: Path, directory: Path):
    log, writer = directory / "a.log", Writer()
    writer.append(log, 10)
    run = Follow(program, directory, "a.log")
    run.wait_for(10)
    for _ in range(3):
        writer.append(log, 5)
        time.sleep(0.3)
    run.wait_for(25)
    code, err = run.end()
    expect(code == 0, f"Ctrl-C ended it with {code}")
    expect("1 log, 1 template, 25 calls" in err.replace("templates", "template"), f"no summary: {err}")


def survives_being_killed(program: Path, directory: Path):
    log, writer = directory / "a.log", Writer()
    writer.append(log, 10)
    for _ in range(4):
        run = Follow(program, directory, "a.log")
        run.wait_for(writer.calls)
        writer.append(log, 500)
        time.sleep(0.7)
        run.end(signal.SIGKILL)
        writer.append(log, 7)
    run = Follow(program, directory, "a.log")
    run.wait_for(writer.calls)
    run.end()


def reads_what_is_renamed_to_its_end(program: Path, directory: Path):
    log, writer = directory / "a.log", Writer()
    writer.append(log, 10)
    run = Follow(program, directory, "a.log")
    run.wait_for(10)
    old = directory / "elsewhere" / "a.log.1"
    old.parent.mkdir()
    writer.append(log, 3)
    log.rename(old)
    writer.append(old, 4)  # servers write on until they are told
    writer.append(log, 5)
    run.wait_for(22)
    writer.append(old, 1)
    writer.append(log, 2)
    run.wait_for(25)
    expect(run.end()[0] == 0, "not ended well")


def follows_a_directory(program: Path, directory: Path):
    logs, writer = directory / "log", Writer()
    logs.mkdir()
    writer.append(logs / "postgresql-1.log", 10)
    run = Follow(program, directory, "log")
    run.wait_for(10)
    writer.append(logs / "postgresql-2.log", 6)  # a name with the time
    run.wait_for(16)
    (logs / "postgresql-2.log").rename(logs / "postgresql-2.log.1")
    writer.append(logs / "postgresql-2.log", 5)
    writer.append(logs / "postgresql-2.log.1", 2)
    run.wait_for(23)
    shutil.copy(logs / "postgresql-2.log", logs / "copy.log")  # copytruncate
    (logs / "postgresql-2.log").write_text("")
    writer.append(logs / "postgresql-2.log", 4)
    run.wait_for(27)
    subprocess.run(["gzip", logs / "copy.log"], check=True)
    writer.append(logs / "postgresql-2.log", 1)
    run.wait_for(28)
    expect(run.end()[0] == 0, "not ended well")


def goes_on_after_copytruncate(program: Path, directory: Path):
    log, writer = directory / "a.log", Writer()
    writer.append(log, 10)
    run = Follow(program, directory, "a.log")
    run.wait_for(10)
    log.write_text(writer.text(4))  # shorter
    run.wait_for(14)
    log.write_text(writer.text(200))  # longer than before
    run.wait_for(214)
    expect(run.end()[0] == 0, "not ended well")


def joins_what_two_looks_have_seen(program: Path, directory: Path):
    """A statement and its duration in entries of their own, with a look between them; half an entry at the end."""
    log = directory / "a.log"
    begin = "2026-11-25 10:00:00.100 UTC [11] ann@shop LOG:  "
    other = "2026-11-25 10:00:00.100 UTC [12] ann@shop LOG:  statement: SELECT b FROM u\n"
    log.write_text(begin + "statement: SELECT a FROM t\n" + other + other + other)
    run = Follow(program, directory, "a.log")
    run.wait_for(4)
    expect(run.count("timed_calls") == 0, "durations that were not logged yet")
    with open(log, "a", encoding="utf-8") as out:
        out.write(begin + "duration: 5.000 ms\n" + begin + "duration: 7.000 ms  execute s: SELECT a FROM t WHERE b = $1")
        out.flush()
        run.wait_for(1, "timed_calls")
        time.sleep(3)
        out.write("\n2026-11-25 10:00:00.100 UTC [11] ann@shop DETAIL:  parameters: $1 = '42'\n")
    run.wait_for(2, "timed_calls")
    expect(run.count("calls") == 5, f"{run.count('calls')} calls")
    expect(run.count("total_us") == 12000, f"{run.count('total_us')} us")
    with sqlite3.connect(run.assay) as database:
        samples = database.execute("SELECT count(*) FROM log_sample WHERE parameters = '$1 = ''42'''").fetchone()[0]
    expect(samples > 0, "the parameters are lost")
    expect(run.end()[0] == 0, "not ended well")


def finds_a_loop_over_two_looks(program: Path, directory: Path):
    log = directory / "a.log"

    def append(statements: list[str], first: int):
        with open(log, "a", encoding="utf-8") as out:
            for number, statement in enumerate(statements, first):
                out.write(f"2026-11-25 10:00:00.{number * 2:03} UTC [11] 3/7 ann@shop LOG:  duration: 0.100 ms  "
                          f"statement: {statement}\n")

    append(["SELECT id FROM posts WHERE blog = 1"] + [f"SELECT name FROM authors WHERE id = {i}" for i in range(4)], 1)
    run = Follow(program, directory, "a.log")
    run.wait_for(5)
    append([f"SELECT name FROM authors WHERE id = {i}" for i in range(4, 9)], 6)
    run.wait_for(10)
    expect(run.end()[0] == 0, "not ended well")
    def found() -> list:
        done = subprocess.run([program, "queries", "--nplusone", "--json", run.assay], capture_output=True, text=True, check=True)
        return [(of["kind"], of["loops"], of["calls"]) for of in json.loads(done.stdout)["findings"]]

    expect(found() == [("n-plus-one", 1, 9)], f"loops: {found()}")
    # And over two runs, the first of which is killed.
    run = Follow(program, directory, "a.log")
    append([f"SELECT name FROM authors WHERE id = {i}" for i in range(9, 12)], 11)
    run.wait_for(13)
    run.process.kill()
    run.process.communicate()
    append([f"SELECT name FROM authors WHERE id = {i}" for i in range(12, 15)], 14)
    run = Follow(program, directory, "a.log")
    run.wait_for(16)
    expect(run.end()[0] == 0, "not ended well")
    expect(found() == [("n-plus-one", 1, 15)], f"loops: {found()}")


TESTS = [finds_a_loop_over_two_looks, grows_and_ends, survives_being_killed, reads_what_is_renamed_to_its_end, follows_a_directory,
         goes_on_after_copytruncate, joins_what_two_looks_have_seen]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("only", nargs="*", help="names of tests (default: all)")
    arguments = parser.parse_args()
    failed = False
    for test in TESTS:
        if arguments.only and test.__name__ not in arguments.only:
            continue
        with tempfile.TemporaryDirectory() as directory:
            try:
                test(arguments.program.resolve(), Path(directory))
                print(f"{test.__name__}: as expected")
            except Failure as failure:
                failed = True
                print(f"{test.__name__}: {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
