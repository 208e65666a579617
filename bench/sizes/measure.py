#!/usr/bin/env python3
"""Compares the predicted sizes of indexes on shop and warehouse with those that PostgreSQL builds.

Starts a private PostgreSQL in a temporary folder, loads the workloads, captures them, lets bench_predict say the size
and height of every index of NAME.sql beside this file, builds each and drops it again. The result does not depend on
the machine; what ANALYZE samples differs a little from run to run. bench/baselines/sizes.md holds what it printed last.
"""

import argparse
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from private_server import PrivateServer, temporary_server  # noqa: E402

NAMES = ("shop", "warehouse")
# All of them sit in public, where the workloads' indexes find their operator classes.
EXTENSIONS = "CREATE EXTENSION pageinspect; CREATE EXTENSION pg_trgm;"
BUILT = """
SELECT part, pg_relation_size(part) / 8192,
       CASE WHEN '{method}' = 'btree' THEN (public.bt_metap(part::text)).level ELSE 0 END
FROM (SELECT relid AS part FROM pg_partition_tree('{name}') WHERE isleaf
      UNION SELECT c.oid::regclass FROM pg_class c WHERE c.oid = '{name}'::regclass AND c.relkind = 'i') AS parts
"""


@dataclass
class Compared:
    definition: str
    method: str
    guessed: bool  # rests on an estimate, as pgassay itself says
    predicted: int  # pages
    built: int
    predicted_heights: list[int]
    built_heights: list[int]

    @property
    def error(self) -> float:
        return self.predicted / self.built - 1

    @property
    def kind(self) -> str:
        return "B-tree" if self.method == "btree" else self.method

    @property
    def height_differs(self) -> bool:
        return self.method == "btree" and self.predicted_heights != self.built_heights


def statements(file: Path) -> list[str]:
    """One on each line, none with a semicolon within."""
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("--")]


def load(server: PrivateServer, name: str, scale: str) -> None:
    server.psql("postgres", f"CREATE DATABASE {name}")
    command = [str(ROOT / "workloads" / name / "load"), scale]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=server.environment(name))
    server.psql(name, EXTENSIONS)


def capture(server: PrivateServer, build: Path, name: str) -> Path:
    file = server.folder / f"{name}.assay"
    subprocess.run([str(build / "pgassay"), "capture", server.conninfo(name), "-o", str(file), "--quiet"], check=True)
    return file


def predict(server: PrivateServer, build: Path, capture_file: Path, indexes: Path) -> list[list[str]]:
    work = server.folder / "twin"  # private files of ours; the twin's server only passes through
    work.mkdir(exist_ok=True)
    work.chmod(0o755)
    command = [str(build / "bench/sizes/bench_predict"), str(capture_file), str(indexes), "--planner",
               str(build / "planner"), "--work", str(work), "--cache", str(work)]  # fmt: skip
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [line.split("\t") for line in output.splitlines()]


def built(server: PrivateServer, name: str, statement: str, method: str) -> Iterator[tuple[int, int]]:
    """Pages and height of every part of the index."""
    named = statement.replace("INDEX ON", "INDEX size_measured ON", 1)
    schema = named.split(" ON ", 1)[1].split(".", 1)[0]
    query = BUILT.format(method=method, name=f"{schema}.size_measured")
    script = f"SET maintenance_work_mem = '256MB'; {named}; {query}; DROP INDEX {schema}.size_measured"
    for _, pages, height in server.query(name, script):
        yield int(pages), int(height)


def compare(server: PrivateServer, build: Path, name: str, indexes: Path) -> list[Compared]:
    predictions = predict(server, build, capture(server, build, name), indexes)
    result = []
    for statement, fields in zip(statements(indexes), predictions, strict=True):
        definition, method, _, guess = fields[:4]
        parts = [tuple(map(int, part.split(":"))) for part in fields[7:]]
        really = list(built(server, name, statement.rstrip(";"), method))
        result.append(Compared(definition, method, guess != "", sum(p for p, _ in parts), sum(p for p, _ in really),
                               sorted(h for _, h in parts), sorted(h for _, h in really)))  # fmt: skip
    return result


def heights(values: list[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "-".join(map(str, sorted(set(values))))


def show(title: str, rows: list[Compared]) -> None:
    print(f"\n## {title}\n")
    print("| index | method | predicted, pages | built, pages | error, % | height, predicted | built | |")
    print("|---|---|---:|---:|---:|---:|---:|---|")
    for row in sorted(rows, key=lambda row: (row.method != "btree", row.method, row.guessed)):
        tree = row.method == "btree"
        print(f"| `{row.definition}` | {row.kind} | {row.predicted:,} | {row.built:,} | {100 * row.error:+.1f} "
              f"| {heights(row.predicted_heights) if tree else ''} | {heights(row.built_heights) if tree else ''} "
              f"| {'guess' if row.guessed else ''} |")  # fmt: skip
    sys.stdout.flush()


def summary(rows: list[Compared]) -> str:
    errors = [abs(100 * row.error) for row in rows]
    wrong = sum(row.height_differs for row in rows)
    trees = sum(row.method == "btree" for row in rows)
    text = f"{len(rows)} | {statistics.median(errors):.1f} | {max(errors):.1f} | {sum(e >= 20 for e in errors)}"
    return f"{text} | {f'{wrong} of {trees}' if trees else ''} |"


def summarise(rows: list[Compared]) -> None:
    print("\n## Summary\n")
    print("| indexes | number | median error, % | worst, % | 20 % and more | heights that differ |")
    print("|---|---:|---:|---:|---:|---:|")
    groups = [("all", rows), ("not marked as guesses", [row for row in rows if not row.guessed]),
              ("marked as guesses", [row for row in rows if row.guessed])]  # fmt: skip
    for method in sorted({row.method for row in rows}, key=lambda method: (method != "btree", method)):
        of = [row for row in rows if row.method == method]
        groups.append((f"{of[0].kind}", of))
        if 0 < sum(row.guessed for row in of) < len(of):
            groups.append((f"{of[0].kind}, not marked", [row for row in of if not row.guessed]))
    for name, of in groups:
        if of:
            print(f"| {name} | {summary(of)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: Path(text).resolve(), help="build folder, for example build/release")
    parser.add_argument("names", nargs="*", default=list(NAMES), help="workloads (default: all)")
    parser.add_argument("--scale", default="1", help="of the workloads (default: 1, about 1.5 GB each)")
    parser.add_argument("--bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    args = parser.parse_args()
    rows = []
    print("# bench/sizes/measure.py, PostgreSQL 15")
    with temporary_server("pgassay-sizes-", args.bindir) as server:
        server.start()
        try:
            for name in args.names:
                load(server, name, args.scale)
                compared = compare(server, args.build, name, HERE / f"{name}.sql")
                show(f"{name} {args.scale}", compared)
                rows += compared
                server.psql("postgres", f"DROP DATABASE {name}")
        finally:
            server.stop()
    summarise(rows)


if __name__ == "__main__":
    main()
