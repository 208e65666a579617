"""Fails if a file of the project mentions a path that exists on one machine only."""

import re
import sys
from pathlib import Path

import project


def machine_paths(root: Path) -> list[re.Pattern]:
    """The checkout's own place and the home directories: nobody else has them. A path counts where it begins."""
    places = [re.escape(str(root.resolve())), "/home/[a-z]"]
    return [re.compile(r"(?<![\w.\-/])" + place) for place in places]


def problems(root: Path) -> list[str]:
    patterns = machine_paths(root)
    found = []
    for file in project.files(root):
        text = project.read(root / file)
        for number, line in enumerate((text or "").splitlines(), start=1):
            for pattern in patterns:
                match = pattern.search(line)
                if match:
                    found.append(f"{file}:{number}: mentions the machine path {match.group(0)}")
    return found


if __name__ == "__main__":
    args = project.arguments(__doc__)
    sys.exit(project.report("words", problems(args.root)))
