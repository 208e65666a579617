"""Measures advised sets on shop, warehouse and social, and how far predictions were right.

Starts a private PostgreSQL whose shared buffers are smaller than the data, loads each workload, runs each of its queries
some times with a log of their durations, captures it, reads the log, and runs `pgassay bench --advised` on a copy: so the
time model knows what statements take today, and gains are predicted in milliseconds, as advise shows them. Prints a line
for each workload: total time before and after, sign agreement of predicted and measured gain, rank correlation, and the
queries that got slower.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from private_server import temporary_server  # noqa: E402


# As many calls of a statement make a time, as few as a pause that nobody waits for allows.
CALLS = 6
LONGEST_S = 30
LOGGED = "-c log_min_duration_statement=0 -c app.tenant=7 -c statement_timeout=20s"


def run_logged(server, name: str) -> None:
    """Each file of queries in turn, so that none finds only its own blocks cached."""
    files = sorted((ROOT / "workloads" / name / "queries").glob("*.sql"))
    environment = {**server.environment(name), "PGOPTIONS": LOGGED}
    spent = dict.fromkeys(files, 0.0)
    for _ in range(CALLS):
        for file in files:
            if spent[file] > LONGEST_S * CALLS:
                continue
            begin = time.monotonic()
            subprocess.run([str(server.bindir / "psql"), "-qX", "-f", str(file)], env=environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            spent[file] += time.monotonic() - begin


def measure(server, args, name: str) -> dict:
    server.psql("postgres", f"CREATE DATABASE {name}")
    load = [str(ROOT / "workloads" / name / "load"), args.scale]
    subprocess.run(load, check=True, stdout=subprocess.DEVNULL, env=server.environment(name))
    server.psql(name, "VACUUM ANALYZE")
    run_logged(server, name)
    file = server.folder / f"{name}.assay"
    subprocess.run([str(args.program), "capture", server.conninfo(name), "-o", str(file), "--quiet"], check=True)
    ingest = [str(args.program), "ingest", str(file), str(server.folder / "log"), "--database", name, "--quiet"]
    subprocess.run(ingest, check=True)
    if args.keep:
        shutil.copy(file, args.keep / f"{name}.assay")
    command = [str(args.program), "bench", "--copy", server.conninfo(name), "--from", str(file), "--force-production-id",
               "--advised", "--rounds", str(args.rounds), "--samples", str(args.samples), "--duration", args.duration,
               "--clients", "2", "--json", *args.advise]  # fmt: skip
    if args.analyze:
        command += ["--analyze", server.conninfo(name)]
    if name == "shop":
        command += ["--setting", "app.tenant=7"]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE)
    if not done.stdout:
        sys.exit(f"bench of {name} ended with {done.returncode}")
    if args.keep:
        (args.keep / f"{name}.json").write_text(done.stdout)
    return json.loads(done.stdout)


def row(name: str, result: dict) -> str:
    before, after = result["sets"][0], result["sets"][1]
    agreement = after["agreement"]
    unforeseen = [r for r in result["regressions"] if r["predicted_ratio"] is not None and r["predicted_ratio"] <= 1.0]
    measured = sum(1 for query in after["queries"] if query["ratio"] is not None)
    spearman = agreement["spearman"]
    cells = [name, f"{measured} of {len(after['queries'])}", f"{len(after['indexes'])}",
             f"{before['total_ms']:,.0f} ms", f"{after['total_ms']:,.0f} ms", f"{before['total_ms'] / after['total_ms']:.2f}x",
             f"{agreement['cost_before'] / agreement['cost_after']:.2f}x",
             f"{agreement['same_sign']} of {agreement['large_gains']}",
             "-" if spearman is None else f"{spearman:.3f} ({agreement['ranked']}, {'ms' if agreement['in_time'] else 'cost'})",
             f"{len(result['regressions'])}, unforeseen {len(unforeseen)}",
             f"{before['per_second']:,.0f} -> {after['per_second']:,.0f}"]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    parser.add_argument("--workloads", nargs="+", default=["shop", "warehouse", "social"])
    parser.add_argument("--scale", default="0.1")
    parser.add_argument("--shared-buffers", default="16MB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--duration", default="5s")
    parser.add_argument("--analyze", action="store_true", help="the advice executes what it rests on, and counts its rows")
    parser.add_argument("--keep", type=Path, help="directory for the capture and the JSON of each bench")
    parser.add_argument("--advise", nargs=argparse.REMAINDER, default=[], help="options of the advice, last of all")
    args = parser.parse_args()
    print("| workload | queries measured | changes | before | after | factor | predicted factor | same sign | Spearman |"
          " regressions | statements/s |\n|" + " --- |" * 11)  # fmt: skip
    with temporary_server("pgassay-predict-", args.pg_bindir) as server:
        server.start(f"shared_buffers = {args.shared_buffers}\nlog_line_prefix = '%m [%p] %q%u@%d '")
        try:
            for name in args.workloads:
                print(row(name, measure(server, args, name)), flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
