"""Fails unless the build has tests with a label and, given a report of a run, none of them was skipped.

A run of some tests only (ctest -R, -L) is not blamed for the others: a test that the report does not name was not asked for.
"""

import argparse
import json
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path


def labelled_tests(listing: dict, label: str) -> list[str]:
    """Names of the tests with the label in the output of ctest --show-only=json-v1."""
    names = []
    for test in listing.get("tests", []):
        for prop in test.get("properties", []):
            if prop["name"] == "LABELS" and label in prop["value"]:
                names.append(test["name"])
    return names


def skipped_tests(report: str) -> set[str]:
    """Names of the tests that a JUnit report of ctest calls skipped or not run."""
    skipped = set()
    for case in xml.etree.ElementTree.fromstring(report).iter("testcase"):
        if case.get("status") in ("notrun", "disabled") or case.find("skipped") is not None:
            skipped.add(case.get("name"))
    return skipped


def problems(listing: dict, label: str, report: str | None) -> list[str]:
    names = labelled_tests(listing, label)
    if not names:
        return [f"the build has no test with the label {label}"]
    if report is None:
        return []
    skipped = skipped_tests(report)
    return [f"{name} has the label {label} and was skipped" for name in names if name in skipped]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--report", type=Path)
    args = parser.parse_args()
    listing = subprocess.run(
        ["ctest", "--test-dir", str(args.build), "--show-only=json-v1"], check=True, capture_output=True, text=True
    ).stdout
    report = args.report.read_text() if args.report else None
    found = problems(json.loads(listing), args.label, report)
    for problem in found:
        print(f"required_label: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
