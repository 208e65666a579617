#!/usr/bin/env python3
"""Measures capture and advise on a large database: seconds for each step, CPU seconds, and the most memory in use.

Starts a private PostgreSQL in a temporary folder, fills it by generate.py, runs the program on it and prints one line a
step. Needs root (the server then runs as postgres) or an ordinary user, psql and the server's programs. Takes a few
minutes for the default size; nothing is left behind.
"""

import argparse
import os
import pty
import re
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from private_server import PrivateServer, temporary_server  # noqa: E402


def generated(what: str, args: argparse.Namespace) -> str:
    size = ["--tables", str(args.tables), "--templates", str(args.templates)]
    command = [sys.executable, str(HERE / "generate.py"), what, *size]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def fill(server: PrivateServer, args: argparse.Namespace) -> None:
    server.psql("postgres", "CREATE DATABASE scale;")
    server.psql("scale", generated("database", args))
    server.psql("scale", "SELECT pg_stat_statements_reset();")
    server.psql("scale", generated("traffic", args))


def kilobytes(process: Path, file: str, field: str) -> int:
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", (process / file).read_text(), re.MULTILINE)
    except OSError:
        return 0  # it has ended
    return int(found[1]) if found else 0


def server_processes(folder: Path) -> list[Path]:
    """Processes whose working directory is below the folder: those of the twin."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")).is_relative_to(folder):
                found.append(process)
        except OSError:
            continue
    return found


class Memory(threading.Thread):
    """Looks at the program and its private server once a second."""

    def __init__(self, pid: int, folder: Path):
        super().__init__(daemon=True)
        self.process, self.folder = Path(f"/proc/{pid}"), folder
        self.program = self.server = 0
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(1):
            self.program = max(self.program, kilobytes(self.process, "status", "VmHWM"))
            pss = sum(kilobytes(p, "smaps_rollup", "Pss") for p in server_processes(self.folder))
            self.server = max(self.server, pss)


def measure(command: list[str], folder: Path) -> None:
    """Runs the program on a terminal of its own, where it says which step it has come to."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ours, theirs = pty.openpty()
    work = folder / "twin"
    work.mkdir(exist_ok=True)
    work.chmod(0o755)
    environment = {**os.environ, "TMPDIR": str(work), "TERM": "xterm", "COLUMNS": "200"}
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    memory = Memory(program.pid, work)
    memory.start()
    step, since = "starting", begin
    while True:
        try:
            text = os.read(ours, 65536).decode(errors="replace")
        except OSError:  # the terminal's other side is closed
            break
        for line in re.split(r"[\r\n]+", text.replace("\x1b[K", "")):
            shown = re.fullmatch(r"\d+ s  (.*)", line.rstrip())
            if shown and shown[1] and shown[1] != step:
                now = time.monotonic()
                print(f"  {now - since:8.1f} s  {step}")
                step, since = shown[1], now
            elif not shown and line and not re.fullmatch(r"\d+ s ?", line.rstrip()):
                print(f"  {line}")
    status = program.wait()
    memory.done.set()
    memory.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    now = time.monotonic()
    print(f"  {now - since:8.1f} s  {step}")
    print(f"  {now - begin:8.1f} s  in all, exit code {status}; {cpu:.1f} s of CPU; most memory: program "
          f"{memory.program // 1024} MB, private server {memory.server // 1024} MB", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pgassay", type=Path, help="the program, for example build/release/pgassay")
    parser.add_argument("--tables", type=int, default=2000)
    parser.add_argument("--templates", type=int, default=5000)
    parser.add_argument("--bindir", type=Path, default=Path("/usr/lib/postgresql/15/bin"))
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the assay file there")
    args = parser.parse_args()
    program = str(args.pgassay.resolve())
    with temporary_server("pgassay-scale-", args.bindir) as server:
        folder = server.folder
        server.start()
        file = str(folder / "scale.assay")
        try:
            fill(server, args)
            print(f"capture of {args.tables} tables, {args.templates} templates", flush=True)
            measure([program, "capture", server.conninfo("scale"), "-o", file], folder)
        finally:
            server.stop()
        print("advise", flush=True)
        measure([program, "advise", file, "--json"], folder)
        if args.keep:
            shutil.copy(file, args.keep)


if __name__ == "__main__":
    main()
