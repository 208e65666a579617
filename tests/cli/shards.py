"""A fleet's way: 16 logs read by 16 processes at once and merged are the same as one run over all of them.

shards.py --program PROGRAM
"""

import argparse
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

SHARDS = 16
VERBS = (
    "SELECT title FROM posts WHERE id = {}",
    "UPDATE posts SET seen = seen + 1 WHERE id = {}",
    "SELECT count(*) FROM votes WHERE post_id = {} AND kind IN ('up', 'down')",
    "INSERT INTO visit (page, note) VALUES ({}, 'it''s')",
)


def write_shard(path, number, dice):
    """Requests of a few sessions: single statements, and loops behind a query for their keys."""
    now = number * 977.0
    with open(path, "w", encoding="utf-8") as out:

        def log(session, transaction, sql, parameter=None):
            nonlocal now
            now += 0.001 * dice.randint(1, 4)
            milliseconds = round(now * 1000)
            clock = f"{10 + milliseconds // 3600000:02}:{milliseconds // 60000 % 60:02}:{milliseconds // 1000 % 60:02}"
            prefix = f"2026-11-25 {clock}.{milliseconds % 1000:03} UTC [{session}] {transaction} app{session % 3}@shop "
            kind = "statement" if parameter is None else "execute <unnamed>"
            out.write(f"{prefix}LOG:  duration: {dice.randint(1, 900000) / 1000:.3f} ms  {kind}: {sql}\n")
            if parameter is not None:
                out.write(f"{prefix}DETAIL:  parameters: $1 = '{parameter}'\n")

        for request in range(120):
            session = 100 * number + dice.randint(1, 5)
            transaction = f"{session}/{request + 1}"
            if dice.random() < 0.3:
                log(session, transaction, f"SELECT id FROM posts WHERE blog = {request} /*action='list'*/")
                for _ in range(dice.randint(5, 30)):
                    log(session, transaction, f"SELECT name FROM authors WHERE id = {dice.randint(1, 10**6)}")
            elif dice.random() < 0.2:
                comment = dice.choice(("", " /* home */", f" /* page {dice.randint(1, 3)} */"))
                log(session, transaction, f"SELECT body FROM posts WHERE id = $1{comment}", dice.randint(1, 10**6))
            else:
                log(session, transaction, dice.choice(VERBS).format(dice.randint(1, 10**6)))
            now += dice.random() * 3
        out.write(f"what is this, shard {number}\n")


def tables(path):
    with sqlite3.connect(path) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'log%'")]
        return {name: sorted(map(repr, database.execute(f"SELECT * FROM {name}"))) for name in names}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = str(pathlib.Path(parser.parse_args().program).resolve())
    dice = random.Random(20261126)
    with tempfile.TemporaryDirectory() as directory:
        home = pathlib.Path(directory)
        logs = [f"shard-{number:02}.log" for number in range(SHARDS)]
        for number, name in enumerate(logs):
            write_shard(home / name, number, dice)

        (home / "joined.log").write_text("".join((home / name).read_text() for name in logs))

        def command(*arguments):
            return [program, *arguments]

        running = [
            subprocess.Popen(command("ingest", name + ".assay", name, "--quiet", "--jobs", "1"), cwd=home)
            for name in logs
        ]
        failed = [process.args for process in running if process.wait() != 0]
        order = [name + ".assay" for name in logs]
        dice.shuffle(order)
        half = SHARDS // 2
        for arguments in (
            ["ingest", "left.assay", *order[:half], "--quiet"],
            ["ingest", "right.assay", *order[half:], "--quiet"],
            ["ingest", "merged.assay", "right.assay", "left.assay", "--quiet"],
            ["ingest", "whole.assay", *logs, "--quiet"],
            ["ingest", "joined.assay", "joined.log", "--quiet"],
        ):
            if subprocess.run(command(*arguments), cwd=home, check=False).returncode != 0:
                failed.append(arguments)
        if failed:
            sys.exit(f"failed: {failed}")
        merged = tables(home / "merged.assay")
        whole = tables(home / "whole.assay")
        for name in sorted(merged.keys() | whole.keys()):
            if merged.get(name) != whole.get(name):
                left, right = set(merged.get(name, [])), set(whole.get(name, []))
                sys.exit(f"{name} differs: merged {sorted(left - right)[:3]}, whole {sorted(right - left)[:3]}")
        joined = tables(home / "joined.assay")
        for name in ("log_template", "log_sample"):
            if merged[name] != joined[name]:
                left, right = set(merged[name]), set(joined[name])
                sys.exit(f"{name} differs: merged {sorted(left - right)[:3]}, in one file {sorted(right - left)[:3]}")
        if not merged["log_template"] or not merged["log_loop"]:
            sys.exit("nothing was read that could differ")
        rows = {name: len(of) for name, of in merged.items() if of}
        print(f"{SHARDS} shards merged equal one run: rows {rows}")


if __name__ == "__main__":
    main()
