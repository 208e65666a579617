"""Checks the shape of the source tree.

Fails on a source file that no target builds, on a data-driven test whose directive expects nothing, and on an entry of the
root folder that does not belong there. Files longer than the style guide's limits are warnings.
"""

import sys
from pathlib import Path

import project

ROOT_ENTRIES = {
    ".ci", ".clang-format", ".clang-tidy", ".gitignore", "CHANGELOG.md", "CMakeLists.txt", "CMakePresets.json", "LICENSE",
    "README.md", "bench", "include", "src", "tests", "workloads",
}  # fmt: skip
SOURCE_FOLDERS = ("src", "tests", "bench")
DATA_TEST_FOLDERS = ("tests/golden", "tests/cli", "tests/regress")
LINE_LIMITS = {".cc": 500, ".c": 500, ".h": 250}


def strange_root_entries(files: list[Path]) -> list[str]:
    names = sorted({file.parts[0] for file in files} - ROOT_ENTRIES)
    return [f"{name}: the root folder has no place for this entry" for name in names]


def orphans(root: Path, files: list[Path], built: set[Path], fuzzers_built: bool, bench_built: bool) -> list[str]:
    found = []
    for file in files:
        if file.suffix not in (".cc", ".c") or file.parts[0] not in SOURCE_FOLDERS:
            continue
        if file.is_relative_to("tests/fuzz") and not fuzzers_built or file.parts[0] == "bench" and not bench_built:
            continue
        if (root / file).resolve() not in built:
            found.append(f"{file}: no target builds this file")
    return found


def directives_without_expectation(text: str) -> list[tuple[int, str]]:
    """Line number and text of each directive that is not followed by a line "----".

    A test file is a row of directives, each with its input, a line "----" and what is expected. Expected text has no end
    mark, so the words that begin a directive are learned from where one cannot be mistaken: the first line of the file
    and the first line after a blank one in a block with "----". Such a word opens a directive after a blank line, a
    comment, or the "----" of a directive that expects nothing.
    """
    lines = text.splitlines()
    starts = []  # (line number, text) of lines that may open a directive
    learned = set()
    may_start = True
    block_start = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            may_start = True
            block_start = None
        elif line.startswith("#"):
            pass
        elif line == "----":
            if block_start is not None:
                learned.add(block_start)
                block_start = None
            may_start = True
        else:
            if may_start:
                starts.append((number, line))
                if number == 1 or block_start is None and lines[number - 2] != "----":
                    block_start = line.split()[0]
            may_start = False
    opened = [(number, line) for number, line in starts if line.split()[0] in learned]
    if not opened:
        return [(1, "the file")]
    missing = []
    for index, (number, line) in enumerate(opened):
        end = opened[index + 1][0] - 1 if index + 1 < len(opened) else len(lines)
        if "----" not in lines[number:end]:
            missing.append((number, line))
    return missing


def tests_that_expect_nothing(root: Path, files: list[Path]) -> list[str]:
    found = []
    for file in files:
        if file.suffix == ".test" and any(file.is_relative_to(folder) for folder in DATA_TEST_FOLDERS):
            for number, line in directives_without_expectation((root / file).read_text()):
                found.append(f"{file}:{number}: no ---- after the directive: {line}")
    return found


def long_files(root: Path, files: list[Path]) -> list[str]:
    found = []
    for file in files:
        limit = LINE_LIMITS.get(file.suffix)
        if limit and file.parts[0] in SOURCE_FOLDERS + ("include",):
            count = len((project.read(root / file) or "").splitlines())
            if count > limit:
                found.append(f"{file}: {count} lines; split it before adding to it (limit {limit})")
    return found


def main() -> int:
    args = project.arguments(__doc__)
    root = args.root.resolve()
    files = project.files(root)
    built = project.compiled_sources(args.build)
    makefile = root / "src/twin/planner/Makefile"
    if makefile.exists():
        built |= project.makefile_sources(makefile)
    problems = strange_root_entries(files)
    problems += orphans(
        root, files, built,
        fuzzers_built=any(path.is_relative_to(root / "tests/fuzz") for path in built),
        bench_built=any(path.is_relative_to(root / "bench") for path in built),
    )  # fmt: skip
    problems += tests_that_expect_nothing(root, files)
    return project.report("tree", problems, long_files(root, files))


if __name__ == "__main__":
    sys.exit(main())
