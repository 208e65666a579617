"""Fails if a file of the project mentions a path that exists on one machine only."""

import re
import sys
from pathlib import Path

import project

# Written in pieces, or this file would be its own first finding. A path counts where it begins: "src/work/x" is none.
MACHINE_PATHS = [re.compile(r"(?<![\w.\-/])/" + name) for name in ("work" + "/", "tmp/" + "bash_jobs")]


def problems(root: Path) -> list[str]:
    found = []
    for file in project.files(root):
        text = project.read(root / file)
        for number, line in enumerate((text or "").splitlines(), start=1):
            for pattern in MACHINE_PATHS:
                match = pattern.search(line)
                if match:
                    found.append(f"{file}:{number}: mentions the machine path {match.group(0)}")
    return found


if __name__ == "__main__":
    args = project.arguments(__doc__)
    sys.exit(project.report("words", problems(args.root)))
