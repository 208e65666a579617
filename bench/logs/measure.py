"""How fast logs are read, and with how much memory: python3 bench/logs/measure.py BUILD [--pg-bindir DIR] [--folder DIR]

BUILD holds pgassay and bench/micro. A private server runs pgbench with every statement logged, in three formats at once,
lines of some 200 bytes. Each is read by the whole program, with one thread and with two, in turns, beside two programs at
once; the best and the median of the rounds count, for the machine may be busy. Then ten times the text in one log, the
same way, and pgBadger (where it is installed), which reads the text once and takes a minute or two; --no-pgbadger leaves
it out. Then 5 GB of it (the same again and again, a day later each time), and a log of a million different statements.
What is printed belongs into bench/baselines/logs.md.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from private_server import temporary_server  # noqa: E402

SETTINGS = """
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = '{folder}'
log_filename = 'quiet.log'
log_file_mode = 0644
log_rotation_size = 0
log_line_prefix = '%m [%p] %q%u@%d app=%a client=%h session=%c '
log_timezone = 'UTC'
"""
PGBADGER_PREFIX = "%m [%p] %u@%d app=%a client=%h session=%c "  # it knows no %q
FORMATS = ("log", "csv", "json")


def make_logs(folder: Path, bindir: Path, transactions: int) -> None:
    with temporary_server("pgassay-bench-logs-", bindir) as server:
        logs = server.folder / "logs"
        logs.mkdir()
        if os.geteuid() == 0:
            shutil.chown(logs, "postgres")
        server.start(SETTINGS.format(folder=logs))
        pgbench = [str(bindir / "pgbench"), "-q"]
        environment = server.environment("postgres")
        subprocess.run([*pgbench, "-i", "-s", "2"], env=environment, check=True, stderr=subprocess.DEVNULL)
        for setting in ("log_min_duration_statement = 0", "log_filename = 'all.log'"):
            server.psql("postgres", f"ALTER SYSTEM SET {setting}")
        server.psql("postgres", "SELECT pg_reload_conf(); SELECT pg_sleep(1); SELECT pg_rotate_logfile(); SELECT pg_sleep(1)")
        subprocess.run([*pgbench[:1], "-n", "-c", "8", "-t", str(transactions // 8)], env=environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        server.stop()
        for end in FORMATS:
            shutil.copy(logs / f"all.{end}", folder / f"all.{end}")


class Run:
    """A command with its seconds, its seconds of processor time, and its memory at most, which is not less than ours."""

    def __init__(self, command: list, cwd: Path):
        begin = time.perf_counter()
        with open(os.devnull, "w") as nothing:
            process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdout=nothing, stderr=nothing)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command} ended with {process.returncode}")
        self.seconds = time.perf_counter() - begin
        self.processor = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1024


def ingest(program: Path, log: Path, jobs: int, name: str = "x") -> Run:
    assay = log.parent / f"{name}.assay"
    assay.unlink(missing_ok=True)
    return Run([program, "ingest", assay, log, "--jobs", jobs, "--quiet"], log.parent)


def two_at_once(program: Path, log: Path) -> float:
    begin = time.perf_counter()
    children = []
    for name in ("one", "two"):
        (log.parent / f"{name}.assay").unlink(missing_ok=True)
        command = [program, "ingest", log.parent / f"{name}.assay", log, "--jobs", "1", "--quiet"]
        children.append(subprocess.Popen([str(part) for part in command], cwd=log.parent))
    for child in children:
        child.wait()
    return time.perf_counter() - begin


def million(path: Path) -> None:
    with open(path, "w", encoding="utf-8") as log:
        for i in range(1_000_000):
            milliseconds = i % 1000
            seconds = i // 1000 % 60
            log.write(f"2026-11-25 10:{i // 60000 % 60:02}:{seconds:02}.{milliseconds:03} UTC [{4000 + i % 8}] app@shop "
                      f"LOG:  duration: 0.{100 + i % 900} ms  statement: SELECT column_{i} FROM table_{i % 997} WHERE key_{i} = {i} "
                      f"ORDER BY column_{i} LIMIT 10\n")  # fmt: skip


def repeated(source: Path, path: Path, size: int) -> None:
    text = source.read_bytes()
    date = text[:10]
    with open(path, "wb") as log:
        day = 0
        while log.tell() < size:
            stamp = time.strftime("%Y-%m-%d", time.gmtime(1_600_000_000 + 86_400 * day)).encode()
            log.write(text.replace(b"\n" + date, b"\n" + stamp).replace(date, stamp, 1))
            day += 1


def apart(work, *arguments) -> None:
    """In a process of its own: what this one has held in memory would count as that of the programs that it starts."""
    process = multiprocessing.Process(target=work, args=arguments)
    process.start()
    process.join()
    os.sync()  # else it is written to the disk while the programs read


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    parser.add_argument("--program", type=Path, help="another pgassay than that of BUILD")
    parser.add_argument("--pg-bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    parser.add_argument("--folder", type=Path, help="where logs are, or are made and left")
    parser.add_argument("--transactions", type=int, default=64_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gigabytes", type=float, default=5)
    parser.add_argument("--no-pgbadger", action="store_true")
    arguments = parser.parse_args()
    program = (arguments.program or arguments.build / "pgassay").resolve()
    with tempfile.TemporaryDirectory(prefix="pgassay-bench-logs-") as name:
        folder = (arguments.folder or Path(name)).resolve()
        folder.mkdir(exist_ok=True)
        if not (folder / "all.log").exists():
            make_logs(folder, arguments.pg_bindir, arguments.transactions)
        whole = (folder / "all.log").stat().st_size
        lines = int(subprocess.run(["wc", "-l"], stdin=open(folder / "all.log"), capture_output=True, check=True).stdout)
        runs, both = {}, []
        for _ in range(arguments.rounds):
            for end in FORMATS:
                for jobs in (1, 2):
                    runs.setdefault((end, jobs), []).append(ingest(program, folder / f"all.{end}", jobs))
            both.append(two_at_once(program, folder / "all.log"))
        print(f"{lines:,} lines, {whole / lines:.0f} bytes each in stderr\n")
        print("| log | MB | threads | best s | median s | MB/s, best | processor s, best | memory MB |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for end in FORMATS:
            megabytes = (folder / f"all.{end}").stat().st_size / 1e6
            for jobs in (1, 2):
                of = runs[end, jobs]
                best = min(run.seconds for run in of)
                print(f"| {end} | {megabytes:.1f} | {jobs} | {best:.3f} | {statistics.median(run.seconds for run in of):.3f} | "
                      f"{megabytes / best:.0f} | {min(run.processor for run in of):.3f} | {max(run.megabytes for run in of):.0f} |")  # fmt: skip
        one = min(run.seconds for run in runs["log", 1])
        print(f"\nstderr, two threads: {one / min(run.seconds for run in runs['log', 2]):.2f} times one; two programs at once: "
              f"{2 * one / min(both):.2f} times the throughput of one.")  # fmt: skip
        tenfold = folder / "tenfold.log"  # in which the start of the program is no longer seen
        apart(repeated, folder / "all.log", tenfold, 10 * whole)
        pairs = [[ingest(program, tenfold, jobs).seconds for jobs in (1, 2)] for _ in range(arguments.rounds)]
        print(f"{tenfold.stat().st_size / 1e6:.0f} MB of it, one thread, two, and how many times one they are, in turns: "
              + "; ".join(f"{one_thread:.2f}, {two:.2f} s, {one_thread / two:.2f}" for one_thread, two in pairs)
              + f"; median {statistics.median(one_thread / two for one_thread, two in pairs):.2f}")  # fmt: skip
        tenfold.unlink()
        badger = shutil.which("pgbadger")
        if badger and not arguments.no_pgbadger:
            command = [badger, "-q", "-f", "stderr", "-p", PGBADGER_PREFIX, "-o", folder / "badger.html", folder / "all.log"]
            slow = Run(command, folder)
            processor = min(run.processor for run in runs["log", 1])
            print(f"pgBadger on the same text: {slow.seconds:.1f} s, {slow.processor:.1f} s of processor time; "
                  f"{slow.seconds / one:.0f} and {slow.processor / processor:.0f} times as long as pgassay.")  # fmt: skip
        large = folder / "large.log"
        apart(repeated, folder / "all.log", large, int(arguments.gigabytes * 1e9))
        for jobs in (1, 2):
            run = ingest(program, large, jobs)
            print(f"{large.stat().st_size / 1e9:.2f} GB, {jobs} threads: {run.seconds:.1f} s, {large.stat().st_size / 1e6 / run.seconds:.0f} MB/s, "
                  f"{run.megabytes:.0f} MB of memory")  # fmt: skip
        large.unlink()
        different = folder / "million.log"
        apart(million, different)
        for jobs in (1, 2):
            run = ingest(program, different, jobs)
            print(f"a million different statements, {different.stat().st_size / 1e6:.0f} MB, {jobs} threads: {run.seconds:.1f} s, "
                  f"{run.megabytes:.0f} MB of memory")  # fmt: skip
        different.unlink()
        stages = arguments.build / "bench/micro/bench_log_stages"
        if stages.exists():
            environment = {**os.environ, "PGASSAY_BENCH_LOG": str(folder / "all.log")}
            subprocess.run([str(stages), "--benchmark_min_time=1"], env=environment, check=True)


if __name__ == "__main__":
    main()
