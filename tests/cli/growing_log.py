"""A log that is ingested again and again while it grows, by a run of its own each time: table by table the same as one
run over all of it, wherever the cuts are, also within loops and transactions, and whatever was killed in between.

growing_log.py --program PROGRAM
"""

import argparse
import gzip
import json
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time


class Failure(Exception):
    """What was expected did not happen."""


class Server:
    """Sessions that take turns; each runs requests with loops, within BEGIN and COMMIT or without. `apart`: as log_statement
    and log_duration write it, a statement when it begins and its duration when it ends; some fail instead. `explained`: by
    the extended protocol or not, with the plans of auto_explain, which stand behind what reads rows and before the rest."""

    def __init__(self, seed, apart=False, explained=False):
        self.apart = apart
        self.explained = explained
        self.running = {}  # the end of each session's statement, as it will be logged
        self.dice = random.Random(seed)
        self.clock_ms = 0
        self.lines = []
        self.transactions = 0
        self.plans = [[] for _ in range(6)]

    def log(self, session, transaction, sql):
        self.clock_ms += self.dice.randint(1, 3)
        seconds, milliseconds = divmod(self.clock_ms, 1000)
        time = f"2026-11-25 {10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03} UTC"
        prefix = f"{time} [{100 + session}] {3 + session}/{transaction} app@shop "
        duration = f"LOG:  duration: {self.dice.randint(50, 900) / 1000:.3f} ms"
        if self.explained and sql not in ("BEGIN", "COMMIT"):
            self.lines.extend(self.explain(prefix, sql))
            return
        if not self.apart:
            self.lines.append(f"{prefix}{duration}  statement: {sql}\n")
            return
        if session in self.running:
            self.lines.append(prefix + self.running[session])
        self.lines.append(f"{prefix}LOG:  statement: {sql}\n")
        fails = self.dice.random() < 0.02
        self.running[session] = f"ERROR:  division by zero\n{prefix}STATEMENT:  {sql}\n" if fails else f"{duration}\n"

    def explain(self, prefix, sql):
        took = self.dice.randint(100, 900)
        plan = f"{prefix}LOG:  duration: {(took - 50) / 1000:.3f} ms  plan:\n\tQuery Text: {sql}\n\tResult  (cost=0.00..0.01 rows=1 width=4)\n"
        if self.dice.random() < 0.5:
            return [plan, f"{prefix}LOG:  duration: {took / 1000:.3f} ms  statement: {sql}\n"]
        steps = [f"{prefix}LOG:  duration: {self.dice.randint(5, 60) / 1000:.3f} ms  {step} <unnamed>: {sql}\n" for step in ("parse", "bind")]
        execute = f"{prefix}LOG:  duration: {took / 1000:.3f} ms  execute <unnamed>: {sql}\n"
        return steps + ([execute, plan] if sql.startswith("SELECT") else [plan, execute])

    def request(self):
        number = lambda: self.dice.randint(1, 10**6)  # noqa: E731
        kind = self.dice.randint(0, 3)
        if kind == 0:
            loop = [f"SELECT name FROM author WHERE id = {number()}" for _ in range(self.dice.randint(3, 40))]
            return ["SELECT id FROM post WHERE blog = 7 ORDER BY id LIMIT 50 /*action='list'*/", *loop]
        if kind == 1:
            loop = [f"INSERT INTO line (head, n) VALUES ({number()}, 1)" for _ in range(self.dice.randint(3, 30))]
            return ["BEGIN", f"INSERT INTO head (customer) VALUES ({number()})", *loop, "COMMIT"]
        if kind == 2:
            return ["SELECT value FROM setting WHERE name = 'x'"] * self.dice.randint(2, 12)
        return [f"UPDATE visit SET n = n + 1 WHERE page = {number()}"]

    def run(self, statements):
        while len(self.lines) < statements:
            session = self.dice.randrange(len(self.plans))
            plan = self.plans[session]
            if not plan:
                if self.dice.random() < 0.3:
                    self.clock_ms += self.dice.randint(0, 300)
                plan.extend(self.request())
                self.transactions += 1
            self.log(session, self.transactions if plan[0] != "COMMIT" else 0, plan.pop(0))
        return "".join(self.lines)


def tables(path):
    with sqlite3.connect(path) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'log%'")]
        # The same utility statement of two runs counts as two different ones.
        columns = {"log_group": "code, detail, calls, total_us"}
        return {name: sorted(map(repr, database.execute(f"SELECT {columns.get(name, '*')} FROM {name}"))) for name in names}


def compare(what, seen, wanted):
    for name, rows in wanted.items():
        if seen[name] != rows:
            more = [row for row in seen[name] if row not in rows][:3]
            less = [row for row in rows if row not in seen[name]][:3]
            raise Failure(f"{what}: {name} has {more} in place of {less}")


class Home:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory

    def ingest(self, assay, *arguments):
        done = subprocess.run([self.program, "ingest", assay, *arguments, "--quiet"], cwd=self.directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"ingest {assay}: {done.stderr}")

    def loops(self, assay):
        done = subprocess.run([self.program, "queries", assay, "--nplusone", "--json"], cwd=self.directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"queries {assay}: {done.stderr}")
        return {(of["kind"], of["database"], of["child"]): (of["loops"], of["calls"]) for of in json.loads(done.stdout)["findings"]}

    def totals(self, assay):
        done = subprocess.run([self.program, "queries", assay, "--json"], cwd=self.directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"queries {assay}: {done.stderr}")
        return {of["sql"]: (of["calls"], of["total_ms"], of["mean_ms"]) for of in json.loads(done.stdout)["queries"]}


def grow(home, seed, cuts, apart=False):
    text = Server(seed, apart).run(3000)
    log = home.directory / "grow.log"
    log.write_text(text)
    home.ingest("whole.assay", "grow.log", "--jobs", "2")
    dice = random.Random(seed)
    places = sorted(dice.randrange(1, len(text)) for _ in range(cuts)) + [len(text)]
    log.unlink()
    for place in places:
        log.write_text(text[:place])  # often within a line
        home.ingest("parts.assay", "grow.log", "--jobs", str(dice.randint(1, 2)))
    home.ingest("parts.assay", "grow.log")  # nothing new
    compare(f"seed {seed}, {cuts} cuts{', durations apart' if apart else ''}", tables(home.directory / "parts.assay"), tables(home.directory / "whole.assay"))
    found = home.loops("parts.assay")
    if found != home.loops("whole.assay") or len(found) < 3:
        raise Failure(f"seed {seed}: {found} found in parts")
    for name in ("whole.assay", "parts.assay", "grow.log"):
        (home.directory / name).unlink()


def grow_explained(home, seed, cuts):
    """The plan and the duration of one execution in different runs: calls, times and loops are the same. Which of the two
    durations a quantile and a sample stand for is not."""
    text = Server(seed, explained=True).run(3000)
    log = home.directory / "grow.log"
    log.write_text(text)
    home.ingest("whole.assay", "grow.log")
    dice = random.Random(seed)
    for place in sorted(dice.randrange(1, len(text)) for _ in range(cuts)) + [len(text)]:
        log.write_text(text[:place])
        home.ingest("parts.assay", "grow.log", "--jobs", str(dice.randint(1, 2)))
    wanted, seen = tables(home.directory / "whole.assay"), tables(home.directory / "parts.assay")
    loops = [name for name in wanted if name.startswith("log_loop") or name == "log_hour"]
    compare(f"seed {seed}, explained", {name: seen[name] for name in loops}, {name: wanted[name] for name in loops})
    if home.totals("parts.assay") != home.totals("whole.assay") or len(home.loops("whole.assay")) < 3:
        raise Failure(f"seed {seed}, explained: {home.totals('parts.assay')} in place of {home.totals('whole.assay')}")
    for name in ("whole.assay", "parts.assay", "grow.log"):
        (home.directory / name).unlink()


def rotated(home):
    """The same in files of their own, which a loop goes on in; and merged with another host's in between."""
    text = Server(77).run(2000)
    lines = text.splitlines(keepends=True)
    (home.directory / "whole.log").write_text(text)
    home.ingest("whole.assay", "whole.log")
    for part in range(4):
        (home.directory / f"part-{part}.log").write_text("".join(lines[part * 500 : part * 500 + 500]))
        home.ingest("parts.assay", f"part-{part}.log")
    wanted, seen = tables(home.directory / "whole.assay"), tables(home.directory / "parts.assay")
    for name in wanted:
        if name.startswith("log_loop") or name.startswith("log_open"):
            compare("rotated", {name: seen[name]}, {name: wanted[name]})
    other = Server(78).run(500).replace("@shop", "@other").replace(" UTC [1", " UTC [9")
    (home.directory / "other.log").write_text(other)
    home.ingest("other.assay", "other.log")
    home.ingest("left.assay", "part-0.log")
    home.ingest("left.assay", "other.assay")
    home.ingest("right.assay", "other.assay", "part-0.log")
    for part in range(1, 4):
        for name in ("left.assay", "right.assay"):
            home.ingest(name, f"part-{part}.log")
    compare("merged in between", tables(home.directory / "left.assay"), tables(home.directory / "right.assay"))
    for key, counts in home.loops("whole.assay").items():
        if home.loops("left.assay").get(key) != counts:
            raise Failure(f"{key}: {home.loops('left.assay').get(key)} with another host's log, {counts} alone")


def rotated_apart(home):
    """A statement and its duration in two logs, of one run or of two, also where another log of other sessions or of the
    same process ids stands in between."""
    text = Server(82, apart=True).run(3000)
    (home.directory / "whole.log").write_text(text)
    home.ingest("whole_apart.assay", "whole.log")
    counted = ("log_template", "log_hour", "log_sample", "log_event")
    wanted = tables(home.directory / "whole_apart.assay")
    lines = text.splitlines(keepends=True)
    entries = [i for i, line in enumerate(lines) if "STATEMENT:" not in line]
    cuts = [entries[len(entries) * part // 4] for part in range(1, 4)]
    logs = home.directory / "apart"
    logs.mkdir()
    names = ["server.log.3", "server.log.2", "server.log.1", "server.log"]
    for name, begin, end in zip(names, [0, *cuts], [*cuts, len(lines)]):
        (logs / name).write_text("".join(lines[begin:end]))
    home.ingest("one_run.assay", "apart")
    for number in range(1, 5):
        later = home.directory / f"apart-{number}"
        later.mkdir()
        for name in names[:number]:
            (later / name).write_text((logs / name).read_text())
        home.ingest("runs.assay", later.name)
    for name in ("one_run.assay", "runs.assay"):
        seen = tables(home.directory / name)
        compare(name, {of: seen[of] for of in counted}, {of: wanted[of] for of in counted})
    # The process ids are those of another server's log: nothing of it ends what this one has begun.
    other = Server(83, apart=True).run(1000).replace("2026-11-25", "2026-11-26")
    own = other.splitlines(keepends=True)
    own = next(own[i:] for i in range(300, len(own)) if "LOG:  duration" in own[i])  # begins with the end of something
    (home.directory / "other.log").write_text("".join(own))
    home.ingest("other_alone.assay", "other.log")
    (home.directory / "begun.log").write_text("".join(lines[: cuts[0]]))
    home.ingest("begun_alone.assay", "begun.log")
    home.ingest("merged.assay", "other_alone.assay", "begun_alone.assay")
    home.ingest("both.assay", "begun.log", "other.log")
    seen, wanted = tables(home.directory / "both.assay"), tables(home.directory / "merged.assay")
    compare("another server", {of: seen[of] for of in counted}, {of: wanted[of] for of in counted})


def damaged(home):
    """A copy that was cut off is used as far as it goes, and the whole one adds the rest."""
    text = Server(81).run(20_000)
    packed = gzip.compress(text.encode())
    log = home.directory / "damaged.log.gz"
    log.write_bytes(packed)
    home.ingest("undamaged.assay", log.name)
    log.write_bytes(packed[: len(packed) // 2])
    done = subprocess.run([home.program, "ingest", "damaged.assay", log.name], cwd=home.directory, capture_output=True, text=True)
    if done.returncode != 4 or "not read to its end" not in done.stderr or "internal error" in done.stderr:
        raise Failure(f"a damaged log: exit code {done.returncode}, {done.stderr}")
    with sqlite3.connect(home.directory / "damaged.assay") as database:
        lines = database.execute("SELECT sum(entries) FROM log_file").fetchone()[0]
    if lines < 5000:
        raise Failure(f"of half a log, {lines} lines are read")
    log.write_bytes(packed)
    home.ingest("damaged.assay", log.name)
    compare("damaged", tables(home.directory / "damaged.assay"), tables(home.directory / "undamaged.assay"))


def without_literals(home):
    (home.directory / "private.log").write_text(Server(79).run(500))
    home.ingest("private.assay", "private.log", "--no-literals")
    if kept := tables(home.directory / "private.assay")["log_open_session"]:
        raise Failure(f"--no-literals keeps {kept[0]}")
    entry = "2026-11-01 10:00:00.000 UTC [10] ann@shop "
    (home.directory / "values.log").write_text(
        f"{entry}LOG:  duration: 1.000 ms  statement: SELECT * FROM t /* hush 1 */ WHERE a = 'hush 2' -- hush 3\n"
        f"{entry}LOG:  duration: 1.000 ms  execute <unnamed>: SELECT b FROM t WHERE a = $1 /* hush 4 */\n"
        f"{entry}DETAIL:  parameters: $1 = 'hush 5'\n"
        f"{entry}LOG:  duration: 1.000 ms  statement: SELECT FROM WHERE a = 'hush 6' -- hush 7\n"
        f"{entry}ERROR:  invalid input syntax for type integer: \"hush 8\"\n"
        f"{entry}STATEMENT:  SELECT * FROM t WHERE c = 'hush 9'\n"
    )
    home.ingest("values.assay", "values.log", "--no-literals")
    if b"hush" in (home.directory / "values.assay").read_bytes():
        raise Failure("--no-literals keeps what comments, literals or parameters held")


def killed(home):
    """Whenever a run ends, the file holds what it held before, or all that the run read."""
    text = Server(80).run(4000)
    log = home.directory / "killed.log"
    log.write_text(text)
    home.ingest("whole.assay", "killed.log")
    wanted = tables(home.directory / "whole.assay")
    dice = random.Random(80)
    for turn in range(30):
        process = subprocess.Popen([home.program, "ingest", "killed.assay", "killed.log", "--quiet"], cwd=home.directory)
        time.sleep(dice.random() * 0.08)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (home.directory / "killed.assay").exists():
            seen = tables(home.directory / "killed.assay")
            if seen.get("log_template"):
                compare(f"killed {turn}", seen, wanted)
    home.ingest("killed.assay", "killed.log")
    compare("after kills", tables(home.directory / "killed.assay"), wanted)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = str(pathlib.Path(parser.parse_args().program).resolve())
    with tempfile.TemporaryDirectory(prefix="pgassay-growing-") as directory:
        home = Home(program, pathlib.Path(directory))
        for seed, cuts in ((1, 1), (2, 3), (3, 12), (4, 40)):
            grow(home, seed, cuts)
            grow(home, seed, cuts, apart=True)
            grow_explained(home, seed, cuts)
        rotated(home)
        rotated_apart(home)
        damaged(home)
        without_literals(home)
        (home.directory / "whole.assay").unlink()
        killed(home)
    print("parts of a log are what the whole is")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"failed: {failure}")
