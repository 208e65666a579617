"""What the tools of this folder share: the project's files, the lists that CMake wrote, and how findings are reported."""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

UNTRACKED_FOLDERS = {".git", "build", ".cache", "__pycache__"}


def files(root: Path) -> list[Path]:
    """The project's files relative to root, sorted: tracked or about to be, never build output.

    Without git, or outside a checkout, every file is taken except the folders that .gitignore names.
    """
    command = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z"]
    try:
        top = subprocess.run(command[:5] + ["rev-parse", "--show-toplevel"], capture_output=True, text=True)
        if top.returncode == 0 and Path(top.stdout.strip()).resolve() == root.resolve():
            listed = subprocess.run(
                command + ["--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
            ).stdout
            return sorted(Path(name) for name in set(listed.split("\0")) if name and (root / name).is_file())
    except (OSError, subprocess.CalledProcessError):
        pass
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in UNTRACKED_FOLDERS]
        found += [(Path(folder) / name).relative_to(root) for name in names]
    return sorted(found)


def read(path: Path) -> str | None:
    """The text of a file, or None if it is not text."""
    data = path.read_bytes()
    if b"\0" in data[:8192]:
        return None
    return data.decode("utf-8", errors="replace")


def compiled_sources(build: Path) -> set[Path]:
    """Absolute paths of the sources that CMake's targets compile; CMake writes no list while there is none."""
    path = build / "compile_commands.json"
    entries = json.loads(path.read_text()) if path.exists() else []
    return {Path(entry["directory"], entry["file"]).resolve() for entry in entries}


def makefile_sources(makefile: Path) -> set[Path]:
    """Absolute paths of the .c files that OBJS of a PGXS Makefile stands for."""
    text = re.sub(r"\\[ \t]*\n", " ", makefile.read_text())
    match = re.search(r"^OBJS[ \t]*[:+?]?=([^\n#]*)", text, re.MULTILINE)
    words = match.group(1).split() if match else []
    return {(makefile.parent / re.sub(r"\.o$", ".c", word)).resolve() for word in words if word.endswith(".o")}


def layers(build: Path) -> dict[str, list[str]]:
    """Module to its DEPS, as pgassay_module() was told."""
    result = {}
    for line in (build / "layers.txt").read_text().splitlines():
        if line.strip():
            name, deps = line.split(":", 1)
            result[name.strip()] = deps.split()
    return result


def arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=Path, required=True, help="the source tree")
    parser.add_argument("--build", type=Path, required=True, help="its build directory")
    return parser.parse_args()


def report(tool: str, problems: list[str], warnings: list[str] = ()) -> int:
    """Prints what was found and returns the exit status: 1 if there is a problem."""
    for warning in warnings:
        print(f"{tool}: warning: {warning}")
    for problem in problems:
        print(f"{tool}: {problem}")
    print(f"{tool}: {len(problems)} problems, {len(warnings)} warnings")
    sys.stdout.flush()
    return 1 if problems else 0
