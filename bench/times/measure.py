#!/usr/bin/env python3
"""Measures how well costs become times: the error of the time model on the shop's own traffic, leaving one out.

Starts a private PostgreSQL in a temporary folder, loads the shop, runs its traffic as its three roles with a sample of
the statements logged, captures it with what pg_stat_statements counted, and asks pgassay advise for the error that it
prints: first with values made from statistics, then, when the log has been read, with those that were really asked for.
Times depend on the machine and on what else runs there. bench/baselines/times.md holds what it printed last.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from private_server import PrivateServer, temporary_server  # noqa: E402

SHOP = ROOT / "workloads" / "shop"
ROLES = {"shop_app": (SHOP / "traffic", []), "shop_reporting": (SHOP / "traffic" / "shop_reporting", ["-R", "20"]),
         "shop_archivist": (SHOP / "traffic" / "shop_archivist", ["-R", "20"])}
WEIGHT = re.compile(r"^-- weight: *(\d+)", re.MULTILINE)


def traffic(server: PrivateServer, role: str, seconds: int) -> subprocess.Popen:
    directory, options = ROLES[role]
    scripts = []
    for file in sorted(directory.glob("*.sql")):
        weight = WEIGHT.search(file.read_text())
        scripts += ["-f", f"{file}@{weight.group(1) if weight else 1}"]
    command = [str(server.bindir / "pgbench"), "-n", "-T", str(seconds), "-c", "1", "-U", role, *options, *scripts, "shop"]
    return subprocess.Popen(command, env=server.environment("shop"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def times(arguments: argparse.Namespace, assay: Path) -> dict:
    advise = [str(arguments.program), "advise", str(assay), "--json", "--quiet"]
    return json.loads(subprocess.run(advise, check=True, stdout=subprocess.PIPE, text=True).stdout)["times"]


def measure(arguments: argparse.Namespace, scale: str) -> list[tuple[str, dict]]:
    with temporary_server("pgassay-times-", arguments.bindir) as server:
        server.start("shared_buffers = 256MB\nlog_line_prefix = '%m [%p] %q%u@%d '\nlog_min_duration_sample = 0\n"
                     f"log_statement_sample_rate = {arguments.sample}\n")  # fmt: skip
        try:
            server.psql("postgres", "CREATE DATABASE shop")
            unlogged = {**server.environment("shop"), "PGOPTIONS": "-c log_min_duration_sample=-1"}
            subprocess.run([str(SHOP / "load"), scale], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           env=unlogged)
            server.psql("shop", "CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset();")
            running = [traffic(server, role, arguments.seconds) for role in ROLES]
            if any([process.wait() for process in running]):
                sys.exit("the traffic failed")
            assay = server.folder / "shop.assay"
            capture = [str(arguments.program), "capture", server.conninfo("shop"), "-o", str(assay), "--quiet"]
            subprocess.run(capture, check=True)
            made = times(arguments, assay)
            ingest = [str(arguments.program), "ingest", str(assay), str(server.folder / "log"), "--database", "shop", "--quiet"]
            subprocess.run(ingest, check=True)
            return [("made from statistics", made), ("logged", times(arguments, assay))]
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path, help="the pgassay to measure")
    parser.add_argument("--bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    parser.add_argument("--seconds", type=int, default=40, help="of traffic (%(default)s)")
    parser.add_argument("--sample", type=float, default=0.1, help="share of the statements that is logged (%(default)s)")
    parser.add_argument("--scale", action="append", help="of the shop; repeatable (0.1)")
    arguments = parser.parse_args()
    print("| scale | values | statements | median error | upper quartile | four fifths are within | cached |")
    print("| --- | --- | ---: | ---: | ---: | --- | ---: |")
    for scale in arguments.scale or ["0.1"]:
        for values, of in measure(arguments, scale):
            print(f"| {scale} | {values} | {of['plans']} | {100 * of['median_error']:.0f} % | "
                  f"{100 * of['upper_error']:.0f} % | {of['low_factor']:.2f} to {of['high_factor']:.2f} | "
                  f"{100 * of['cached_share']:.1f} % |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
