"""Runs the program as a user does, by the directives of one .test file (the language: tests/cli/README.md)."""

import argparse
import ctypes
import glob
import json
import os
import pwd
import random
import re
import shlex
import shutil
import signal
import sqlite3
import string
import subprocess
import sys
import time
from pathlib import Path

TIMEOUT_S = 120  # of one run and of every wait; a test that needs it hangs
SEPARATOR = "----"
BODY_DIRECTIVES = {"server", "file", "sqlite", "run"}
LINE_DIRECTIVES = {"directory", "env", "drop-rights", "interrupt-when", "stdout-to"}
CAPABILITIES_OVER_FILES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH (linux/capability.h)
PR_CAPBSET_DROP = 24  # linux/prctl.h


class Failure(Exception):
    """An expectation that was not met, or a test file that makes no sense."""


def parse(text: str) -> list[tuple[int, str, str, list[str], list[str]]]:
    """Blocks as (line number, directive, rest of the line, body, expectations)."""
    blocks = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        body, expected = [], []
        if word in BODY_DIRECTIVES:
            while at < len(lines) and lines[at] != SEPARATOR:
                body.append(lines[at])
                at += 1
            if at == len(lines):
                raise Failure(f"line {number}: no {SEPARATOR} after {word}")
            at += 1
            while word == "run" and at < len(lines) and lines[at].strip():
                expected.append(lines[at])
                at += 1
        elif word not in LINE_DIRECTIVES:
            raise Failure(f"line {number}: unknown directive {word}")
        blocks.append((number, word, rest, body, expected))
    return blocks


def unprivileged_user() -> dict:
    """Arguments of subprocess that make a child of root postgres or nobody: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise Failure("neither user postgres nor user nobody exists to run a server")


def make_directory() -> Path:
    """A new private directory; its path is short (sockets: 107 bytes) and has no digits (it stands in SQL)."""
    while True:
        path = Path("/tmp") / ("pgassay-cli-" + "".join(random.choices(string.ascii_lowercase, k=8)))
        try:
            path.mkdir(mode=0o700)
            return path
        except FileExistsError:
            continue


class Server:
    """A private PostgreSQL with the database shop; UNIX socket only."""

    def __init__(self, bindir: Path, scram: bool):
        self.bindir = bindir
        self.user = unprivileged_user()
        self.directory = make_directory()
        self.process = None
        try:
            self.start(scram)
        except BaseException:
            self.stop()
            raise

    def start(self, scram: bool):
        if self.user:
            os.chown(self.directory, self.user["user"], self.user["group"])
        self.directory.chmod(0o755)
        data = self.directory / "data"
        self.call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        if scram:
            (data / "pg_hba.conf").write_text("local all app scram-sha-256\nlocal all all trust\n")
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.directory), "fsync": "off",
                    "autovacuum": "off", "log_min_messages": "fatal", "jit": "off"}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.directory / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.bindir / "postgres", "-D", data, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.directory, **self.user)
        deadline = time.monotonic() + TIMEOUT_S
        while subprocess.run([self.bindir / "pg_isready", "-q", "-h", self.directory], env={}).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failure("the server does not start:\n" + (self.directory / "log").read_text())
            time.sleep(0.02)
        self.sql("postgres", "CREATE DATABASE shop")

    def call(self, program: str, *arguments):
        done = subprocess.run(
            [self.bindir / program, *arguments], env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, cwd=self.directory, **self.user)
        if done.returncode != 0:
            raise Failure(f"{program} failed:\n{done.stdout}{done.stderr}")

    def sql(self, database: str, text: str):
        done = subprocess.run(
            [self.bindir / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-U", "postgres",
             "-d", database, "-f", "-"], input=text, text=True, capture_output=True, env={})
        if done.returncode != 0:
            raise Failure(f"SQL of the test failed: {done.stderr}")

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # fast shutdown
            try:
                self.process.wait(TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def drop_rights():
    """In the child: root without its power over file permissions."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in CAPABILITIES_OVER_FILES:
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            os._exit(99)


class Test:
    def __init__(self, program: Path, pg_bindir: Path, cache: Path):
        self.program = program
        self.pg_bindir = pg_bindir
        self.directory = make_directory()
        self.server = None
        self.outputs = []  # stdout of every run
        self.rights = True
        self.interrupt_when = None
        self.stdout_to = None
        self.names = {"dir": str(self.directory), "tmp": str(self.directory / "tmp"), "pg_bindir": str(pg_bindir)}
        # PostgreSQL programs are found without the caller's PATH; only what a test says reaches the program.
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.directory), "TMPDIR": str(self.directory / "tmp"),
                            "XDG_CACHE_HOME": str(cache), "LC_ALL": "C", "TERM": "dumb"}
        (self.directory / "tmp").mkdir()
        self.directory.chmod(0o711)  # the twin's server runs as another user
        (self.directory / "tmp").chmod(0o711)

    def close(self):
        if self.server is not None:
            self.server.stop()
        for folder, _, _ in os.walk(self.directory):
            os.chmod(folder, 0o755)
        shutil.rmtree(self.directory, ignore_errors=True)

    def expand(self, text: str, quote=lambda value: value) -> str:
        return re.sub(r"\{(\w+)\}", lambda m: quote(self.names[m[1]]) if m[1] in self.names else m[0], text)

    def path(self, name: str) -> Path:
        path = self.directory / self.expand(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def perform(self, word: str, rest: str, body: list[str], expected: list[str]):
        text = "\n".join(body) + ("\n" if body else "")
        if word == "server":
            self.server = Server(self.pg_bindir, scram=rest == "scram")
            self.names["socket"] = str(self.server.directory)
            self.names["conninfo"] = f"host={self.server.directory} user=postgres dbname=shop"
            self.server.sql("shop", text)
            self.server.sql("shop", "ANALYZE")  # a session of its own: a session's last counters arrive when it ends
        elif word == "file":
            self.path(rest).write_text(self.expand(text))
        elif word == "directory":
            name, _, mode = rest.partition(" ")
            self.path(name).mkdir()
            self.path(name).chmod(int(mode or "755", 8))
        elif word == "sqlite":
            connection = sqlite3.connect(self.path(rest))
            connection.executescript(self.expand(text))
            connection.close()
        elif word == "env":
            name, _, value = rest.partition("=")
            self.environment[name] = self.expand(value)
        elif word == "drop-rights":
            self.rights = False
        elif word == "interrupt-when":
            self.interrupt_when = self.expand(rest)
        elif word == "stdout-to":
            self.stdout_to = rest
        else:
            self.run(rest, text, expected)
            self.interrupt_when = self.stdout_to = None

    def stdout_target(self):
        if self.stdout_to is None:
            return subprocess.PIPE
        if self.stdout_to == "closed-pipe":
            reader, writer = os.pipe()
            os.close(reader)
            return writer
        return os.open("/dev/null" if self.stdout_to == "closed" else self.stdout_to, os.O_WRONLY)

    def prepare_child(self):
        if self.stdout_to == "closed":
            os.close(1)
        if not self.rights and os.geteuid() == 0:
            drop_rights()

    def run(self, rest: str, stdin: str, expected: list[str]):
        arguments = [self.expand(argument) for argument in shlex.split(rest)]
        target = self.stdout_target()
        process = subprocess.Popen(
            [self.program, *arguments], stdin=subprocess.PIPE, stdout=target, stderr=subprocess.PIPE,
            cwd=self.directory, env=self.environment, preexec_fn=self.prepare_child)
        if target != subprocess.PIPE:
            os.close(target)
        try:
            self.interrupt(process)
            out, err = process.communicate(stdin.encode(), TIMEOUT_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        out = (out or b"").decode(errors="surrogateescape")
        err = err.decode(errors="surrogateescape")
        self.outputs.append(out)
        try:
            self.check(process.returncode, out, err, expected)
        except Failure as failure:
            raise Failure(f"{failure}\nexit code: {process.returncode}\n--- stdout\n{out}--- stderr\n{err}") from None

    def interrupt(self, process: subprocess.Popen):
        if self.interrupt_when is None:
            return
        deadline = time.monotonic() + TIMEOUT_S
        while not glob.glob(self.interrupt_when):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"the run ended before {self.interrupt_when} appeared")
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)

    def check(self, exit_code: int, out: str, err: str, expected: list[str]):
        words = [line.partition(" ")[0] for line in expected]
        about_output = ("stdout", "stderr", "json", "same-as")
        if "exit" not in words or not any(word.startswith(about_output) for word in words):
            raise Failure("a run needs an exit code and an expectation of its output")
        for line in expected:
            word, _, rest = line.partition(" ")
            pattern = self.expand(rest, re.escape)
            met = {
                "exit": lambda: exit_code == int(rest),
                "stdout": lambda: re.search(pattern, out, re.MULTILINE) is not None,
                "stderr": lambda: re.search(pattern, err, re.MULTILINE) is not None,
                "stdout-lacks": lambda: re.search(pattern, out, re.MULTILINE) is None,
                "stderr-lacks": lambda: re.search(pattern, err, re.MULTILINE) is None,
                "stdout-empty": lambda: out == "",
                "stderr-empty": lambda: err == "",
                "printable": lambda: not re.search(r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\udc80-\udcff]", out + err),
                "same-as": lambda: out == self.outputs[int(rest) - 1] and out != "",
                "exists": lambda: bool(glob.glob(self.expand(rest))),
                "missing": lambda: not glob.glob(self.expand(rest)),
                "mode": lambda: self.has_mode(*rest.split()),
                "no-process": lambda: not self.processes(self.expand(rest)),
                "json": lambda: self.has_json(out, rest),
            }.get(word)
            if met is None:
                raise Failure(f"unknown expectation {word}")
            if not met():
                raise Failure(f"not met: {line}")

    def has_mode(self, name: str, mode: str) -> bool:
        return os.stat(self.path(name)).st_mode & 0o777 == int(mode, 8)

    @staticmethod
    def processes(text: str) -> list[str]:
        found = []
        for entry in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                command = Path(entry).read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it ended meanwhile
            if text in command:
                found.append(command)
        return found

    @staticmethod
    def has_json(out: str, rest: str) -> bool:
        """"a.0.b VALUE": the value at that path equals VALUE, which is JSON; "a.length 2" counts."""
        path, _, value = rest.partition(" ")
        node = json.loads(out)
        for step in path.split("."):
            if step == "length":
                node = len(node)
            else:
                node = node[int(step)] if isinstance(node, list) else node[step]
        return node == json.loads(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="cache directory that the tests share")
    parser.add_argument("test", type=Path)
    arguments = parser.parse_args()
    arguments.cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    test = Test(arguments.program.resolve(), arguments.pg_bindir, arguments.cache.resolve())
    number = 0
    try:
        for number, word, rest, body, expected in parse(arguments.test.read_text()):
            test.perform(word, rest, body, expected)
        if not test.outputs:
            raise Failure("the file runs nothing")
    except Failure as failure:
        print(f"{arguments.test}:{number}: {failure}")
        return 1
    finally:
        test.close()
    print(f"{arguments.test}: {len(test.outputs)} runs as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
