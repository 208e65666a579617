#!/usr/bin/env python3
"""Measures what one more index costs when rows are written, and compares it with pgassay's model of it.

A private PostgreSQL with fsync, full-page writes and a checkpoint around every batch holds a table of some millions of
rows (table.sql), once with shared buffers that hold everything and once with far fewer. For each kind of index, batches
run in turn without it and with it: rows inserted, updated where no update is heap-only anyway (non-HOT), updated where
only the index keeps them from being so (lost HOT), and deleted, with the VACUUM. The differences, by row, are the
index's costs; medians are shown. A batch includes the checkpoint after it, which writes and syncs what the batch changed.

Time is processor time of the backend and of the server's writing processes, reads from the system's cache and copying
for writes included, so that other work on the machine hardly shows; waiting for the disk does not show either, but the
bytes of WAL do.

The model's unit is the planner's. Lookups of single rows by the primary key on the same server say what a unit is
in microseconds: their time, less that of the loop around them, by the cost that EXPLAIN prints.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from private_server import PrivateServer, temporary_server  # noqa: E402

SETTINGS = """
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = off
max_wal_size = '4GB'
checkpoint_timeout = '1h'
maintenance_work_mem = '256MB'
max_parallel_maintenance_workers = 0
track_wal_io_timing = off
jit = off
"""
BUFFERS = {"few": "64MB", "many": "3GB"}
KINDS = {
    "bigint, growing": "CREATE INDEX {name} ON item (sequence)",
    "time, growing": "CREATE INDEX {name} ON item (made_at)",
    "uuid, no order": "CREATE INDEX {name} ON item (token)",
    "int, 50 values": "CREATE INDEX {name} ON item (kind)",
    "text, no order": "CREATE INDEX {name} ON item (name)",
    "two columns, INCLUDE": "CREATE INDEX {name} ON item (customer, made_at) INCLUDE (amount)",
    "partial, one row in 20": "CREATE INDEX {name} ON item (customer) WHERE open",
    "hash": "CREATE INDEX {name} ON item USING hash (token)",
    "GIN, array of 4": "CREATE INDEX {name} ON item USING gin (tags)",
    "BRIN": "CREATE INDEX {name} ON item USING brin (made_at)",
}
# What an update sets so that only the index in question keeps it from being heap-only.
LOSES_HOT = {
    "uuid, no order": "token = gen_random_uuid()",
    "int, 50 values": "kind = (kind * 7 + 3) % 50",
    "text, no order": "name = reverse(name)",
    "two columns, INCLUDE": "amount = amount + 1",
    "GIN, array of 4": "tags = ARRAY[tags[2], tags[3], tags[4], (tags[1] + 77) % 2000]",
}
# The processes that work for a batch, as an environment variable with their files.
PROCESSES = """
SELECT string_agg('/proc/' || pid || '/schedstat', ' ') AS files FROM pg_stat_activity
WHERE pid = pg_backend_pid() OR backend_type IN ('checkpointer', 'background writer', 'walwriter') \\gset
\\setenv SCHEDSTAT :files
"""
NAME = "measured"
PARTIAL = {"partial, one row in 20": 0.05}
# Indexes that the table has already: a lost HOT update adds entries to them too.
PRESENT = ("CREATE INDEX ON item (id)", "CREATE INDEX ON item (touched)")
OPERATIONS = ("insert", "update", "lost HOT", "delete")
DEAD_SHARE = 5  # one row in five is deleted before VACUUM, as autovacuum_vacuum_scale_factor has it


@dataclass
class Cost:
    microseconds: float = 0
    wal: float = 0  # bytes

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.microseconds - other.microseconds, self.wal - other.wal)


@dataclass
class Measured:
    """Differences by operation, of one kind of index and one size of shared buffers."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def add(self, operation: str, cost: Cost) -> None:
        self.costs.setdefault(operation, []).append(cost)

    def median(self, operation: str) -> Cost | None:
        found = self.costs.get(operation)
        if not found:
            return None
        return Cost(statistics.median(c.microseconds for c in found), statistics.median(c.wal for c in found))

    def spread(self, operation: str) -> float:
        found = [c.microseconds for c in self.costs[operation]]
        return (max(found) - min(found)) / 2


@dataclass
class Case:
    """One size of shared buffers."""

    title: str
    look_up: float  # microseconds
    unit: float  # microseconds
    measured: dict[str, Measured]

    def written(self) -> dict:
        costs = {kind: {operation: [[c.microseconds, c.wal] for c in found] for operation, found in of.costs.items()}
                 for kind, of in self.measured.items()}  # fmt: skip
        return {"title": self.title, "look_up": self.look_up, "unit": self.unit, "costs": costs}

    @staticmethod
    def read(written: dict) -> "Case":
        measured = {kind: Measured({operation: [Cost(*pair) for pair in found] for operation, found in of.items()})
                    for kind, of in written["costs"].items()}  # fmt: skip
        return Case(written["title"], written["look_up"], written["unit"], measured)


@dataclass
class Prediction:
    entry: float  # planner's units
    moved: float
    dead: float


class Bench:
    def __init__(self, server: PrivateServer, rows: int, batch: int):
        self.server, self.rows, self.batch = server, rows, batch
        self.next_id, self.seed = rows + 1, 1000

    def timed(self, statements: str, rows: int) -> Cost:
        """Of a batch and the checkpoint that follows."""
        nanoseconds = [self.server.folder / f"nanoseconds-{moment}" for moment in ("before", "after")]
        script = [PROCESSES, "CHECKPOINT;"]
        for file, work in zip(nanoseconds, (f"{statements} CHECKPOINT;", "")):
            script += [f"\\! cat $SCHEDSTAT > {file}", "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn;", work]
        shown = self.server.query("writes", "\n".join(script))
        # The first figure of each line is the time on a processor (Documentation/scheduler/sched-stats of Linux).
        began, ended = (sum(int(line.split()[0]) for line in file.read_text().splitlines()) for file in nanoseconds)
        return Cost((ended - began) / 1000 / rows, (float(shown[-1][0]) - float(shown[0][0])) / rows)

    def flush(self, kind: str) -> str:
        """What a GIN index has put off belongs to the batch."""
        return f"SELECT gin_clean_pending_list('{NAME}');" if kind.startswith("GIN") else ""

    def insert(self, flush: str) -> Cost:
        last = self.next_id + self.batch - 1
        self.server.psql("writes", f"TRUNCATE batch; INSERT INTO batch SELECT * FROM made_rows({self.next_id}, {last})")
        self.next_id = last + 1
        return self.timed(f"INSERT INTO item SELECT * FROM batch; {flush}", self.batch)

    def choose(self, rows: int) -> None:
        """Any rows, in no order: what users change is spread over the table."""
        self.seed += 1
        self.server.psql("writes", f"""TRUNCATE chosen;
            INSERT INTO chosen SELECT DISTINCT 1 + pseudo_random(i, {self.seed}) % {self.rows}
            FROM generate_series(1, {rows}) AS i""")  # fmt: skip

    def update(self, assignment: str, flush: str) -> Cost:
        self.choose(self.batch)
        # The order of an update by a join is that of the driving table: hashed, so without order.
        return self.timed(f"""SET enable_mergejoin = off; SET enable_hashjoin = off;
            UPDATE item SET {assignment} FROM chosen WHERE item.id = chosen.id; {flush}""", self.batch)  # fmt: skip

    def delete(self) -> Cost:
        """A fifth of the rows and the VACUUM; then the same rows are put back, unmeasured."""
        dead = self.rows // DEAD_SHARE
        offset = self.seed = self.seed + 1
        where = f"id <= {self.rows} AND (id + {offset}) % {DEAD_SHARE} = 0"
        self.server.psql("writes", f"DELETE FROM item WHERE {where}")
        cost = self.timed("VACUUM (INDEX_CLEANUP ON, PARALLEL 0) item;", dead)
        self.server.psql("writes", f"INSERT INTO item SELECT * FROM made_rows(1, {self.rows}) WHERE {where}")
        return cost

    def look_ups(self) -> float:
        """Microseconds of one."""
        calls, found = 5 * self.batch, []
        for seed in range(1, 7):
            real, empty = (self.timed(f"SELECT look_up({calls}, {seed}, {self.rows}, {really}) \\g /dev/null\n", calls)
                           for really in ("true", "false"))  # fmt: skip
            found.append((real - empty).microseconds)
        return statistics.median(found[1:])

    def look_up_cost(self) -> float:
        plan = self.server.query("writes", "EXPLAIN SELECT amount FROM item WHERE id = 77")
        return float(plan[0][0].split("..")[1].split(" ")[0])

    def round(self, kind: str, flush: str) -> dict[str, Cost]:
        costs = {"insert": self.insert(flush), "update": self.update("touched = touched + 1", flush)}
        if kind in LOSES_HOT:
            self.server.psql("writes", "VACUUM item")  # room for heap-only updates
            costs["lost HOT"] = self.update(LOSES_HOT[kind], flush)
        self.server.psql("writes", "VACUUM item")
        return costs

    def measure(self, kind: str, repeats: int, deletes: int) -> Measured:
        measured = Measured()
        create, drop = KINDS[kind].format(name=NAME), f"DROP INDEX {NAME}"
        for _ in range(repeats):
            without = self.round(kind, "")
            self.server.psql("writes", create)
            for operation, cost in self.round(kind, self.flush(kind)).items():
                measured.add(operation, cost - without[operation])
            self.server.psql("writes", drop)
        for _ in range(deletes):
            without = self.delete()
            self.server.psql("writes", create)
            measured.add("delete", self.delete() - without)
            self.server.psql("writes", drop)
        return measured


def capture(server: PrivateServer, build: Path, kept: Path) -> None:
    file = server.folder / "writes.assay"
    command = [str(build / "pgassay"), "capture", server.conninfo("writes"), "-o", str(file), "--quiet"]
    subprocess.run(command, check=True)
    shutil.copy(file, kept)


def predict(build: Path, captured: Path, folder: Path, batch: int) -> list[Prediction]:
    """Of all kinds, then of the indexes that are there."""
    statements, work = folder / "writes.sql", folder / "twin"
    work.mkdir(exist_ok=True)
    work.chmod(0o755)
    texts = [text.format(name="") for text in KINDS.values()] + list(PRESENT)
    statements.write_text("".join(f"{text};\n" for text in texts))
    command = [str(build / "bench/sizes/bench_predict"), str(captured), str(statements), "--planner",
               str(build / "planner"), "--work", str(work), "--cache", str(work),
               "--rows-between-checkpoints", str(batch)]  # fmt: skip
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    fields = [line.split("\t") for line in output.splitlines()]
    return [Prediction(*map(float, f[4:7])) for f in fields]


def predicted(kind: str, operation: str, predictions: list[Prediction]) -> float:
    own = predictions[list(KINDS).index(kind)]
    if operation == "delete":
        return PARTIAL.get(kind, 1) * own.dead
    others = sum(p.moved for p in predictions[len(KINDS) :]) if operation == "lost HOT" else 0
    return PARTIAL.get(kind, 1) * (own.entry if operation == "insert" else own.moved) + others


def show(case: Case, predictions: list[Prediction]) -> list[tuple[str, float]]:
    """Prints the table; the ratios of predicted to measured, with the operation."""
    print(f"\n## {case.title}\n")
    print(f"A lookup of one row takes {case.look_up:.2f} us: a unit of the planner is {case.unit:.3f} us.\n")
    print("| index | operation | us a row | +- | WAL, bytes a row | units, measured | units, predicted | ratio |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    ratios = []
    for kind, of in case.measured.items():
        for operation in OPERATIONS:
            cost = of.median(operation)
            if cost is None:
                continue
            units, model = cost.microseconds / case.unit, predicted(kind, operation, predictions)
            if units > 0 and model > 0:
                ratios.append((operation, model / units))
            print(f"| {kind} | {operation} | {cost.microseconds:.2f} | {of.spread(operation):.2f} | {cost.wal:,.0f} "
                  f"| {units:.2f} | {model:.2f} | {f'{model / units:.2f}' if units > 0 else ''} |")  # fmt: skip
    sys.stdout.flush()
    return ratios


def summarise(ratios: list[tuple[str, float]]) -> None:
    print("\n## The model's error\n")
    print("| operation | cases | median ratio | median factor of error | within 2x | within 3x |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in (*OPERATIONS, "all"):
        of = [ratio for operation, ratio in ratios if name in (operation, "all")]
        if not of:
            continue
        factors = [max(ratio, 1 / ratio) for ratio in of]
        print(f"| {name} | {len(of)} | {statistics.median(of):.2f} | {statistics.median(factors):.2f} "
              f"| {sum(f <= 2 for f in factors)} | {sum(f <= 3 for f in factors)} |")  # fmt: skip


def run_case(args: argparse.Namespace, server: PrivateServer, buffers: str, file: Path) -> None:
    """Adds to what the file has, after each kind of index."""
    title = f"{args.rows:,} rows, batches of {args.batch:,}, {buffers} shared buffers ({BUFFERS[buffers]})"
    server.start(f"{SETTINGS}shared_buffers = '{BUFFERS[buffers]}'\n")
    try:
        server.psql("postgres", "CREATE DATABASE writes")
        server.psql("writes", f"\\set rows {args.rows}\n\\i {HERE / 'table.sql'}\n")
        bench = Bench(server, args.rows, args.batch)
        look_up = bench.look_ups()
        unit = look_up / bench.look_up_cost()
        capture(server, args.build, args.keep)
        case = Case.read(json.loads(file.read_text())) if file.exists() else Case(title, look_up, unit, {})
        for kind in args.kinds:
            for operation, costs in bench.measure(kind, args.repeats, args.deletes).costs.items():
                case.measured.setdefault(kind, Measured()).costs.setdefault(operation, []).extend(costs)
            file.write_text(json.dumps(case.written()))
            print(f"{buffers}: {kind}", file=sys.stderr, flush=True)
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: Path(text).resolve(), help="build folder, for example build/release")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--batch", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3, help="of inserts and updates")
    parser.add_argument("--deletes", type=int, default=1, help="repeats of deletes")
    parser.add_argument("--buffers", nargs="*", choices=list(BUFFERS), default=list(BUFFERS))
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--keep", type=Path, help="folder for the measurements, which further runs add to")
    parser.add_argument("--again", action="store_true", help="measure nothing: another model for what --keep has")
    parser.add_argument("--bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    args = parser.parse_args()
    ratios = []
    print("# bench/writes/measure.py, PostgreSQL 15")
    with temporary_server("pgassay-writes-", args.bindir) as first:
        args.keep = args.keep or first.folder
        args.keep.mkdir(exist_ok=True)
        for buffers in args.buffers:
            file = args.keep / f"{buffers}.json"
            if not args.again:
                with temporary_server("pgassay-writes-", args.bindir) as server:
                    run_case(args, server, buffers, file)
            case = Case.read(json.loads(file.read_text()))
            ratios += show(case, predict(args.build, args.keep / "writes.assay", first.folder, args.batch))
    summarise(ratios)


if __name__ == "__main__":
    main()
