#!/usr/bin/env python3
"""Measures the selection on shop, warehouse and social: gap, cost, planner calls and seconds at several budgets, beside
the algorithms of the literature on the same candidates and planner.

Starts a private PostgreSQL in a temporary folder, loads the workloads, captures them and runs bench_quality on each.
Calls, costs and gaps do not depend on the machine; seconds do. bench/baselines holds what it printed last.
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from private_server import PrivateServer, temporary_server  # noqa: E402

SCALES = {"shop": "0.1", "warehouse": "0.1", "social": "0.1"}
OWN = ("frontier", "alone")


@dataclass
class Line:
    algorithm: str
    share: float
    budget: int
    bytes: int
    indexes: int
    objective: float
    relative: float
    gap: str
    calls: int
    seconds: float
    cut: bool


def parse(output: str) -> list[Line]:
    lines = []
    for text in output.splitlines():
        name, share, budget, size, indexes, objective, relative, gap, calls, seconds, cut = text.split("\t")
        lines.append(Line(name, float(share), int(budget), int(size), int(indexes), float(objective), float(relative), gap,
                          int(calls), float(seconds), cut == "cut"))  # fmt: skip
    return lines


def capture(server: PrivateServer, build: Path, name: str, scale: str) -> Path:
    server.psql("postgres", f"CREATE DATABASE {name}")
    load = [str(ROOT / "workloads" / name / "load"), scale]
    subprocess.run(load, check=True, stdout=subprocess.DEVNULL, env=server.environment(name))
    file = server.folder / f"{name}.assay"
    subprocess.run([str(build / "pgassay"), "capture", server.conninfo(name), "-o", str(file), "--quiet"], check=True)
    return file


def twin_folder(server: PrivateServer) -> Path:
    """The twin keeps private files there, so it has to be ours; its server only passes through."""
    folder = server.folder / "twin"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    return folder


def measure(build: Path, file: Path, workload: list[str], work: Path, more: list[str]) -> list[Line]:
    command = [str(build / "bench/quality/bench_quality"), str(file), *workload, "--planner", str(build / "planner"),
               "--work", str(work), "--cache", str(work), *more]  # fmt: skip
    return parse(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def show(title: str, lines: list[Line]) -> None:
    print(f"\n## {title}\n")
    print("| algorithm | budget | indexes | MB | cost, % of before | gap, % | planner calls | s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for line in lines:
        gap = f"{100 * float(line.gap):.2f}" if line.gap else ""
        calls = f"{line.calls:,}" if line.calls >= 0 else ""
        print(f"| {line.algorithm}{' (cut short)' if line.cut else ''} | {100 * line.share:.0f} % | {line.indexes} "
              f"| {line.bytes / 2**20:.1f} | {100 * line.relative:.3f} | {gap} | {calls} | {line.seconds:.1f} |")  # fmt: skip
    sys.stdout.flush()


def summary(lines: list[Line]) -> str:
    """How much dearer the reference algorithms are than the same budget's point of the frontier, at most and at least."""
    ours = {round(line.share, 2): line.objective for line in lines if line.algorithm == "frontier"}
    found = {}
    for line in lines:
        if line.algorithm not in OWN:
            found.setdefault(line.algorithm, []).append(line.objective / ours[round(line.share, 2)] - 1)
    return "; ".join(f"{name} {100 * min(v):+.2f} to {100 * max(v):+.2f} %" for name, v in found.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: Path(text).resolve(), help="build folder, for example build/release")
    parser.add_argument("names", nargs="*", default=list(SCALES), help="workloads (default: all)")
    parser.add_argument("--scale", help="instead of " + ", ".join(f"{n} {s}" for n, s in SCALES.items()))
    parser.add_argument("--most-calls", default="200000", help="planner calls of one reference algorithm")
    parser.add_argument("--bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    args = parser.parse_args()
    with temporary_server("pgassay-quality-", args.bindir) as server:
        server.start()
        try:
            files = {name: capture(server, args.build, name, args.scale or SCALES[name]) for name in args.names}
        finally:
            server.stop()
        for name, file in files.items():
            workload = [str(ROOT / "workloads" / name / "queries")]
            lines = measure(args.build, file, workload, twin_folder(server),
                            ["--references", "--alone", "--most-calls", args.most_calls])  # fmt: skip
            show(f"{name} {args.scale or SCALES[name]}", lines)
            print(f"\nThe reference algorithms' sets cost, against ours: {summary(lines)}.")
            show(f"{name}, plain B-trees of up to two columns",
                 measure(args.build, file, workload, twin_folder(server), ["--two-columns"]))  # fmt: skip


if __name__ == "__main__":
    main()
