"""A private PostgreSQL in a temporary folder, for benchmarks. Nothing is left behind."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
autovacuum = off
max_locks_per_transaction = 256
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.max = 10000
"""


def as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


class PrivateServer:
    """`folder` is its socket directory, and the place for whatever else the benchmark keeps."""

    def __init__(self, folder: Path, bindir: Path):
        self.folder, self.bindir = folder, bindir

    def start(self, settings: str = "") -> None:
        """`settings` are lines of postgresql.conf that stand against those above."""
        cluster = self.folder / "cluster"
        initdb = [str(self.bindir / "initdb"), "-D", str(cluster), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
        subprocess.run(as_server(initdb), check=True, stdout=subprocess.DEVNULL)
        with open(cluster / "postgresql.conf", "a") as conf:
            conf.write(f"{SETTINGS}{settings}\nunix_socket_directories = '{self.folder}'\n")
        start = [str(self.bindir / "pg_ctl"), "-D", str(cluster), "-l", str(self.folder / "log"), "-w", "start"]
        subprocess.run(as_server(start), check=True, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        stop = [str(self.bindir / "pg_ctl"), "-D", str(self.folder / "cluster"), "-m", "immediate", "stop"]
        subprocess.run(as_server(stop), check=True, stdout=subprocess.DEVNULL)

    def conninfo(self, database: str) -> str:
        return f"host={self.folder} user=postgres dbname={database}"

    def environment(self, database: str) -> dict:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {**kept, "PGHOST": str(self.folder), "PGUSER": "postgres", "PGDATABASE": database,
                "PATH": f"{self.bindir}:{os.environ['PATH']}"}  # fmt: skip

    def psql(self, database: str, script: str) -> None:
        command = [str(self.bindir / "psql"), "-qX", "-v", "ON_ERROR_STOP=1"]
        subprocess.run(command, input=script, text=True, check=True, stdout=subprocess.DEVNULL,
                       env=self.environment(database))  # fmt: skip

    def query(self, database: str, script: str) -> list[list[str]]:
        """The rows of all results of the script; NULL is the empty text."""
        command = [str(self.bindir / "psql"), "-qXAt", "-F", "\x1f", "-v", "ON_ERROR_STOP=1"]
        output = subprocess.run(command, input=script, text=True, check=True, stdout=subprocess.PIPE,
                                env=self.environment(database)).stdout  # fmt: skip
        return [line.split("\x1f") for line in output.splitlines()]


@contextmanager
def temporary_server(prefix: str, bindir: Path):
    """Not yet started; stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        folder.chmod(0o755)
        yield PrivateServer(folder, bindir)
