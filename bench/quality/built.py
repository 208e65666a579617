#!/usr/bin/env python3
"""Builds advised sets on a real server and looks whether they are what was predicted: whether the planner uses every
index, what the workload costs by EXPLAIN, and how large the indexes are.

Starts a private PostgreSQL in a temporary folder, loads shop and warehouse, captures them, asks pgassay advise for sets
at several budgets, runs the DDL of each, explains every statement, and undoes the set again. The result does not depend
on the machine; what ANALYZE samples differs a little from run to run. bench/baselines/built.md holds what it printed
last.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from private_server import PrivateServer, temporary_server  # noqa: E402

NAMES = ("shop", "warehouse")
SHARES = (0.1, 0.25, 0.5, 1)  # of what the best set without a budget takes
SHOWN = 0.02  # statements whose cost differs by more are listed
# Size of an index and of those of its partitions, by name and schema.
BUILT = """
SELECT n.nspname, c.relname, pg_relation_size(c.oid) + coalesce((SELECT sum(pg_relation_size(relid))
       FROM pg_partition_tree(c.oid) WHERE relid <> c.oid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('i', 'I') AND NOT c.relispartition AND n.nspname !~ '^pg_'
"""
# Indexes of partitions and the one that they belong to.
PARTS = """
SELECT n.nspname, c.relname, rn.nspname, r.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_partition_root(c.oid) AS root
JOIN pg_class r ON r.oid = root JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE c.relkind = 'i' AND c.relispartition
"""
IndexName = tuple[str, str]  # schema and name


@dataclass
class Statement:
    template: str
    sql: str
    weight: float
    before: float  # as predicted
    after: float
    real_before: float = 0
    real_after: float = 0
    used: set[IndexName] = field(default_factory=set)

    @property
    def error(self) -> float:
        return self.after / self.real_after - 1


@dataclass
class BuiltIndex:
    definition: str
    predicted: int  # bytes
    built: int
    used: bool


@dataclass
class BuiltSet:
    share: float
    indexes: list[BuiltIndex]
    statements: list[Statement]

    def total(self, name: str) -> float:
        return sum(s.weight * getattr(s, name) for s in self.statements)

    @property
    def predicted_bytes(self) -> int:
        return sum(index.predicted for index in self.indexes)

    @property
    def built_bytes(self) -> int:
        return sum(index.built for index in self.indexes)


def load(server: PrivateServer, build: Path, name: str, scale: str) -> Path:
    server.psql("postgres", f"CREATE DATABASE {name}")
    command = [str(ROOT / "workloads" / name / "load"), scale]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=server.environment(name))
    file = server.folder / f"{name}.assay"
    subprocess.run([str(build / "pgassay"), "capture", server.conninfo(name), "-o", str(file), "--quiet"], check=True)
    return file


def advise(build: Path, capture: Path, name: str, budget: int | None) -> dict:
    command = [str(build / "pgassay"), "advise", str(capture), "--workload", str(ROOT / "workloads" / name / "queries"),
               "--json", "--show-literals", "--quiet"]  # fmt: skip
    if budget is not None:
        command += ["--budget", f"{budget // 1024}kB"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def plan_indexes(plan: dict, schema: str = "") -> Iterator[IndexName]:
    """A bitmap index scan does not say its schema, but the heap scan above it does."""
    schema = plan.get("Schema", schema)
    if "Index Name" in plan:
        yield schema, plan["Index Name"]
    for child in plan.get("Plans", []):
        yield from plan_indexes(child, schema)


def explain(server: PrivateServer, name: str, sql: str) -> tuple[float, set[IndexName]]:
    """Cost and indexes of the plan, without running it."""
    shown = server.query(name, f"EXPLAIN (FORMAT JSON, VERBOSE) {sql}")
    plan = json.loads("\n".join("\x1f".join(row) for row in shown))[0]["Plan"]
    return plan["Total Cost"], set(plan_indexes(plan))


def change(server: PrivateServer, name: str, steps: list[dict]) -> None:
    server.psql(name, "".join(f"{step['sql'].rstrip(';')};\n" for step in steps if step["lock"] != "none"))


def build_set(server: PrivateServer, name: str, share: float, advice: dict) -> BuiltSet:
    statements = [Statement(template["id"], *(binding[key] for key in ("sql", "weight", "cost_before", "cost_after")))
                  for template in advice["templates"] for binding in template["bindings"]]  # fmt: skip
    for statement in statements:
        statement.real_before, _ = explain(server, name, statement.sql)
    made: list[tuple[dict, IndexName]] = []
    there = {tuple(row[:2]) for row in server.query(name, BUILT)}
    for recommendation in advice["recommendations"]:
        change(server, name, recommendation["ddl"])
        now = {tuple(row[:2]) for row in server.query(name, BUILT)}
        made += [(recommendation, index) for index in now - there]  # one, or none where an index is dropped
        there = now
    sizes = {(schema, index): int(size) for schema, index, size in server.query(name, BUILT)}
    roots = {(s, i): (root_s, root_i) for s, i, root_s, root_i in server.query(name, PARTS)}
    new = {index for _, index in made}
    for statement in statements:
        statement.real_after, used = explain(server, name, statement.sql)
        statement.used = {roots.get(index, index) for index in used} & new
    used = set().union(*(statement.used for statement in statements))
    indexes = [BuiltIndex(r["definition"], r["size_bytes"], sizes[index], index in used) for r, index in made]
    for recommendation in reversed(advice["recommendations"]):
        change(server, name, recommendation["undo"])
    return BuiltSet(share, indexes, statements)


def show(title: str, sets: list[BuiltSet]) -> None:
    print(f"\n## {title}\n")
    print("| budget | indexes | used | cost before, error % | cost after, predicted | by EXPLAIN | error, % "
          "| MB predicted | MB built | error, % | statements off by > 2 % |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for of in sets:
        before = 100 * (of.total("before") / of.total("real_before") - 1)
        after = 100 * (of.total("after") / of.total("real_after") - 1)
        off = sum(abs(s.error) > SHOWN for s in of.statements)
        print(f"| {100 * of.share:.0f} % | {len(of.indexes)} | {sum(i.used for i in of.indexes)} | {before:+.4f} "
              f"| {of.total('after'):,.0f} | {of.total('real_after'):,.0f} | {after:+.2f} "
              f"| {of.predicted_bytes / 2**20:.1f} | {of.built_bytes / 2**20:.1f} | {100 * (of.predicted_bytes / of.built_bytes - 1):+.1f} "
              f"| {off} of {len(of.statements)} |")  # fmt: skip
    show_details(sets)
    sys.stdout.flush()


def show_details(sets: list[BuiltSet]) -> None:
    print("\nIndexes that no plan uses, or whose size is off by more than 10 %:\n")
    print("| budget | index | predicted, kB | built, kB | error, % | used |\n|---|---|---:|---:|---:|---|")
    for of in sets:
        for index in of.indexes:
            error = index.predicted / index.built - 1
            if abs(error) > 0.1 or not index.used:
                print(f"| {100 * of.share:.0f} % | `{index.definition}` | {index.predicted / 1024:,.0f} "
                      f"| {index.built / 1024:,.0f} | {100 * error:+.1f} | {'yes' if index.used else 'no'} |")  # fmt: skip
    print("\nStatements whose cost is off by more than 2 %:\n")
    print("| budget | template | statement | cost predicted | by EXPLAIN | part of the total error, % "
          "| advised indexes in the plan |")  # fmt: skip
    print("|---|---|---|---:|---:|---:|---|")
    for of in sets:
        for s in of.statements:
            if abs(s.error) <= SHOWN:
                continue
            part = 100 * s.weight * (s.after - s.real_after) / of.total("real_after")
            text = " ".join(s.sql.split())[:70].replace("|", "\\|")
            print(f"| {100 * of.share:.0f} % | {s.template[:8]} | `{text}` | {s.after:,.2f} | {s.real_after:,.2f} "
                  f"| {part:+.3f} | {', '.join(sorted(index for _, index in s.used))} |")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: Path(text).resolve(), help="build folder, for example build/release")
    parser.add_argument("names", nargs="*", default=list(NAMES), help="workloads (default: all)")
    parser.add_argument("--scale", default="0.1", help="of the workloads")
    parser.add_argument("--bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    args = parser.parse_args()
    print("# bench/quality/built.py, PostgreSQL 15")
    with temporary_server("pgassay-built-", args.bindir) as server:
        server.start()
        try:
            for name in args.names:
                capture = load(server, args.build, name, args.scale)
                advised = advise(args.build, capture, name, None)["recommendations"]
                whole = sum(r["size_bytes"] for r in advised if r["kind"] == "create-index")
                sets = []
                for share in SHARES:
                    advice = advise(args.build, capture, name, None if share == 1 else int(share * whole))
                    sets.append(build_set(server, name, share, advice))
                show(f"{name} {args.scale}", sets)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
