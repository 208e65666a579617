"""Compares the layers declared by pgassay_module(... DEPS ...) with the real includes.

Fails on an include of a module outside DEPS, on a module in DEPS that nothing includes, on a cycle of modules, and on an
outside library used where it does not belong. Public headers (include/pgassay) may be included by everybody.
"""

import re
import sys
from pathlib import Path

import project

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# Library, its headers, the modules that may use it, and whether only their .cc files may.
LIBRARIES = [
    ("libpq", re.compile(r"^(postgresql/)?libpq-(fe|events)\.h$"), {"pg"}, True),
    ("libpg_query", re.compile(r"^pg_query(\.h$|/)"), {"sql"}, True),
    ("CLI11", re.compile(r"^CLI/"), {"cli"}, False),
]


def includes(text: str) -> list[tuple[str, bool]]:
    """Every included name, and whether it was written in quotes. Includes inside comments do not count."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return [(name, quote == '"') for quote, name in INCLUDE.findall(text)]


def cycle(deps: dict[str, list[str]]) -> list[str] | None:
    """A cycle as the list of its modules, first one repeated at the end, or None."""
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> list[str] | None:
        if module in path:
            return path[path.index(module):] + [module]
        if module in done:
            return None
        for dep in deps.get(module, []):
            found = visit(dep, path + [module])
            if found:
                return found
        done.add(module)
        return None

    for module in deps:
        found = visit(module, [])
        if found:
            return found
    return None


def problems(root: Path, deps: dict[str, list[str]]) -> list[str]:
    found = []
    used: dict[str, set[str]] = {module: set() for module in deps}
    folders = {path.name for path in (root / "src").iterdir() if path.is_dir()} - {"cmake"}
    for file in project.files(root):
        if file.suffix not in (".h", ".cc") or file.parts[0] not in ("src", "include"):
            continue
        if file.is_relative_to("src/twin/planner"):
            continue  # C for the server, whose own headers have names like catalog/pg_statistic.h
        module = file.parts[1] if file.parts[0] == "src" else "include"
        if module != "include" and module not in deps:
            found.append(f"{file}: the folder {module} is no module: no pgassay_module(NAME {module} ...)")
            continue
        for name, quoted in includes(project.read(root / file) or ""):
            for library, pattern, modules, source_only in LIBRARIES:
                if pattern.search(name) and (module not in modules or (source_only and file.suffix != ".cc")):
                    where = " and ".join(f"src/{m}" for m in sorted(modules))
                    found.append(f"{file}: {library} belongs into {'.cc files of ' if source_only else ''}{where}")
            target = name.split("/", 1)[0]
            if not quoted or target == name or target == module or target not in folders:
                continue
            if module == "include":
                found.append(f"{file}: a public header includes {name}; it may include public headers only")
            elif target not in deps[module]:
                found.append(f"{file}: includes {name}, but {target} is not in the DEPS of {module}")
            else:
                used[module].add(target)
    for module, targets in deps.items():
        for target in targets:
            if target not in used[module]:
                found.append(f"src/{module}/CMakeLists.txt: {target} is in DEPS, but nothing includes {target}/...")
    path = cycle(deps)
    if path:
        found.append("cycle of modules: " + " -> ".join(path))
    return found


if __name__ == "__main__":
    args = project.arguments(__doc__)
    sys.exit(project.report("layers", problems(args.root, project.layers(args.build))))
