"""Loads the warehouse and the social workload into a private server, as a user without rights, and plans their queries."""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from run import Failure, Server

SCALE = "0.01"
SCHEMAS = {"warehouse": "mart", "social": "plaza"}
LEAST_QUERIES = 60
LEAST_TABLES = 12
SOCIAL_RELATIONS = range(5, 15)
WEIGHT = re.compile(r"^-- weight: [1-9][0-9]*\n", re.MULTILINE)


class Client:
    """psql as the user loader."""

    def __init__(self, server: Server, database: str):
        self.environment = {"PGHOST": str(server.directory), "PGUSER": "loader", "PGDATABASE": database, "LC_ALL": "C",
                            "PATH": f"{server.bindir}:/usr/bin:/bin"}

    def run(self, command: list, text: str = "") -> str:
        done = subprocess.run(command, input=text, env=self.environment, text=True, capture_output=True)
        if done.returncode != 0:
            raise Failure(f"{os.path.basename(command[0])} failed: {done.stderr}")
        return done.stdout

    def sql(self, text: str) -> str:
        return self.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"], text)


def queries(directory: Path) -> list[tuple[str, str]]:
    """Every statement with its place. A weight stands on the line before each, so the next weight ends it."""
    found = []
    for file in sorted(directory.glob("*.sql")):
        text = file.read_text()
        weights = list(WEIGHT.finditer(text))
        for weight, following in zip(weights, weights[1:] + [None]):
            statement = text[weight.end() : following.start() if following else len(text)]
            found.append((f"{file.name}:{text.count(chr(10), 0, weight.end()) + 1}", statement))
    return found


def plans(client: Client, statements: list[tuple[str, str]]) -> list[dict]:
    output = client.sql("".join(f"EXPLAIN (FORMAT JSON) {statement}\n" for _, statement in statements))
    decoder, found, at = json.JSONDecoder(), [], 0
    while output[at:].strip():
        at += len(output[at:]) - len(output[at:].lstrip())
        plan, at = decoder.raw_decode(output, at)
        found.append(plan[0]["Plan"])
    return found


def relations(plan: dict) -> int:
    """How many tables, each as often as it stands in a FROM: every scan of one is a node with its name."""
    return ("Relation Name" in plan) + sum(relations(child) for child in plan.get("Plans", []))


def check(server: Server, root: Path, name: str) -> str:
    server.sql("postgres", f"CREATE DATABASE {name} OWNER loader")
    client = Client(server, name)
    client.run([str(root / name / "load"), SCALE])
    tables = int(client.sql(f"SELECT count(*) FROM pg_class WHERE relnamespace = '{SCHEMAS[name]}'::regnamespace AND relkind = 'r'"))
    if tables < LEAST_TABLES:
        raise Failure(f"{name} has {tables} tables")
    statements = queries(root / name / "queries")
    if len(statements) < LEAST_QUERIES:
        raise Failure(f"{name} has {len(statements)} queries")
    planned = plans(client, statements)
    if len(planned) != len(statements):
        raise Failure(f"{name}: {len(statements)} weights, but {len(planned)} plans")
    if name == "social":
        for (place, _), plan in zip(statements, planned):
            if relations(plan) not in SOCIAL_RELATIONS:
                raise Failure(f"social/queries/{place} joins {relations(plan)} relations")
    return f"{name}: {tables} tables, {len(statements)} queries planned"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg-bindir", type=Path, required=True)
    parser.add_argument("--workloads", type=Path, required=True, help="the folder of all workloads")
    arguments = parser.parse_args()
    server = Server(arguments.pg_bindir, scram=False)
    try:
        server.sql("postgres", "CREATE ROLE loader LOGIN")
        for name in SCHEMAS:
            print(check(server, arguments.workloads, name))
    except Failure as failure:
        print(failure)
        return 1
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
