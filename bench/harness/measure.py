"""Compares what `pgassay bench` drives with what pgbench drives: the same statements, weights, clients and server.

Both run prepared statements on connections of their own. They take turns, and the ratio is that of the medians; it is
to be at least 0.9.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from private_server import temporary_server  # noqa: E402

# Weight and statement: short ones, where a harness costs most, some that return many rows, and one that computes.
STATEMENTS = [
    (40, "SELECT abalance FROM pgbench_accounts WHERE aid = {0}"),
    (20, "SELECT count(*) FROM pgbench_accounts WHERE aid BETWEEN {0} AND {0} + 50"),
    (10, "SELECT * FROM pgbench_accounts WHERE aid BETWEEN {0} AND {0} + 200"),
    (1, "SELECT sum(abalance) FROM pgbench_accounts WHERE aid BETWEEN {0} AND {0} + 20000"),
]
VALUES = [4711, 17, 60000, 99000]


def pgbench(server, bindir: Path, folder: Path, clients: int, seconds: int) -> float:
    command = [str(bindir / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(clients), "-T", str(seconds)]
    for path in sorted(folder.glob("*.bench")):
        command += ["-f", f"{path}@{path.name.split('-')[0]}"]
    output = subprocess.run(command, check=True, text=True, capture_output=True, env=server.environment("bench")).stdout
    return float(re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE).group(1))


def ours(server, program: Path, workload: Path, clients: int, seconds: int) -> float:
    command = [str(program), "bench", "--disposable", server.conninfo("bench"), "--workload", str(workload), "--rounds", "1",
               "--samples", "1", "--clients", str(clients), "--duration", f"{seconds}s", "--json"]  # fmt: skip
    output = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)["sets"][0]["per_second"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    worst = 1.0
    with temporary_server("pgassay-harness-", args.pg_bindir) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server.start()
        try:
            server.psql("postgres", "CREATE DATABASE bench")
            init = [str(args.pg_bindir / "pgbench"), "-i", "-q", "-s", "1"]
            subprocess.run(init, check=True, capture_output=True, env=server.environment("bench"))
            workload = folder / "workload.sql"
            lines = []
            for number, (weight, sql) in enumerate(STATEMENTS):
                for value in VALUES:
                    (folder / f"{weight}-{number}-{value}.bench").write_text(sql.format(value) + ";\n")
                    lines.append(f"-- weight: {weight}\n{sql.format(value)};\n")
            workload.write_text("".join(lines))
            print("| clients | pgbench, statements/s | pgassay bench | ratio |\n| --- | --- | --- | --- |")
            for clients in args.clients:
                theirs, mine = [], []
                for _ in range(args.repeats):
                    theirs.append(pgbench(server, args.pg_bindir, folder, clients, args.seconds))
                    mine.append(ours(server, args.program, workload, clients, args.seconds))
                ratio = statistics.median(mine) / statistics.median(theirs)
                worst = min(worst, ratio)
                print(f"| {clients} | {statistics.median(theirs):,.0f} | {statistics.median(mine):,.0f} | {ratio:.3f} |",
                      flush=True)  # fmt: skip
        finally:
            server.stop()
    return 0 if worst >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
