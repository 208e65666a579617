"""Shows that each tool of this folder finds what it is there to find: every broken sample fails, the sound one passes."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import layers
import project
import required_label
import tree
import words

TOOLS = Path(__file__).resolve().parent


class Sample(unittest.TestCase):
    """A small source tree and build directory, made anew for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.build = self.root / "build"
        self.compiled = []
        self.deps = {"base": [], "sql": ["base"]}
        self.write("README.md", "A sample.\n")
        self.source("src/base/text.cc", '#include "base/text.h"\n')
        self.write("src/base/text.h", "#pragma once\n#include <string>\n")
        self.source("src/sql/parse.cc", '#include <pg_query.h>\n#include "base/text.h"\n#include "pgassay/units.h"\n')
        self.write("include/pgassay/units.h", "#pragma once\n")
        self.write("tests/golden/a.test", "# Rule 1.\nparse\nSELECT 1\n----\nok\n\nparse\nSELECT\n----\nerror\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def source(self, name, text):
        self.write(name, text)
        self.compiled.append(name)

    def run_tool(self, tool):
        """Runs a tool as CTest does and returns its exit status and output."""
        commands = [{"directory": str(self.root), "file": name} for name in self.compiled]
        self.write("build/compile_commands.json", json.dumps(commands))
        self.write("build/layers.txt", "".join(f"{name}: {' '.join(deps)}\n" for name, deps in self.deps.items()))
        done = subprocess.run(
            [sys.executable, "-B", str(TOOLS / tool), "--root", str(self.root), "--build", str(self.build)],
            capture_output=True, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def assert_clean(self, tool):
        status, output = self.run_tool(tool)
        self.assertEqual(status, 0, output)

    def assert_found(self, tool, message):
        status, output = self.run_tool(tool)
        self.assertEqual(status, 1, output)
        self.assertIn(message, output)
        self.assertIn("1 problems", output)


class SoundSample(Sample):
    def test_passes_every_tool(self):
        for tool in ("layers.py", "tree.py", "words.py"):
            self.assert_clean(tool)


class Layers(Sample):
    def test_include_outside_deps(self):
        self.source("src/base/loop.cc", '#include "sql/parse.h"\n')
        self.assert_found("layers.py", "sql is not in the DEPS of base")

    def test_unused_dep(self):
        self.deps["base"] = []
        self.deps["store"] = ["base"]
        self.source("src/store/file.cc", "#include <vector>\n")
        self.assert_found("layers.py", "base is in DEPS, but nothing includes")

    def test_cycle(self):
        self.deps["base"] = ["sql"]
        self.source("src/base/loop.cc", '#include "sql/parse.h"\n')
        self.assert_found("layers.py", "cycle of modules: base -> sql -> base")

    def test_cycle_of_three(self):
        self.assertEqual(layers.cycle({"a": ["b"], "b": ["c"], "c": ["b"]}), ["b", "c", "b"])
        self.assertIsNone(layers.cycle({"a": ["b", "c"], "b": ["c"], "c": []}))

    def test_folder_that_is_no_module(self):
        self.write("src/utils/misc.h", "#pragma once\n")
        self.assert_found("layers.py", "the folder utils is no module")

    def test_public_header_includes_a_module(self):
        self.write("include/pgassay/units.h", '#include "base/text.h"\n')
        self.assert_found("layers.py", "public headers only")

    def test_parser_outside_sql(self):
        self.source("src/base/text.cc", '#include "pg_query/pg_query.pb-c.h"\n')
        self.assert_found("layers.py", "libpg_query belongs into .cc files of src/sql")

    def test_parser_in_a_header(self):
        self.write("src/sql/parse.h", "#include <pg_query.h>\n")
        self.assert_found("layers.py", "libpg_query belongs into .cc files of src/sql")

    def test_server_access_outside_pg(self):
        self.source("src/base/text.cc", "#include <libpq-fe.h>\n")
        self.assert_found("layers.py", "libpq belongs into .cc files of src/pg")

    def test_command_line_outside_cli(self):
        self.source("src/base/text.cc", "#include <CLI/CLI.hpp>\n")
        self.assert_found("layers.py", "CLI11 belongs into src/cli")

    def test_commented_include_and_planner_do_not_count(self):
        self.source("src/base/text.cc", '/*\n#include "sql/parse.h"\n*/\n// #include "sql/parse.h"\n')
        self.write("src/twin/planner/planner.h", '#include "sql/pg_statistic.h"\n')
        self.assert_clean("layers.py")


class Tree(Sample):
    def test_source_that_nothing_builds(self):
        self.write("src/base/forgotten.cc", "")
        self.assert_found("tree.py", "src/base/forgotten.cc: no target builds")

    def test_planner_source_missing_in_makefile(self):
        self.write("src/twin/planner/Makefile", "OBJS = a.o \\\n  b.o # both\n")
        for name in "abc":
            self.write(f"src/twin/planner/{name}.c", "")
        self.assert_found("tree.py", "src/twin/planner/c.c: no target builds")

    def test_fuzzers_are_not_expected_in_other_builds(self):
        self.write("tests/fuzz/log.cc", "")
        self.assert_clean("tree.py")
        self.source("tests/fuzz/sql.cc", "")
        self.assert_found("tree.py", "tests/fuzz/log.cc: no target builds")

    def test_strange_root_entry(self):
        self.write("scripts/run.sh", "")
        self.assert_found("tree.py", "scripts: the root folder has no place")

    def test_directive_without_expectation(self):
        self.write("tests/golden/b.test", "parse\nSELECT 1\n----\nok\n\nparse\nSELECT 2\n\nparse\nSELECT 3\n----\nok\n")
        self.assert_found("tree.py", "tests/golden/b.test:6: no ---- after the directive: parse")

    def test_last_directive_without_expectation(self):
        self.write("tests/cli/b.test", "run\nversion\n----\nok\n\nrun\nhelp\n")
        self.assert_found("tree.py", "tests/cli/b.test:6")

    def test_file_without_expectation(self):
        self.write("tests/golden/b.test", "# Nothing.\nparse\nSELECT 1\n")
        self.assert_found("tree.py", "tests/golden/b.test:1")

    def test_directives_in_one_block(self):
        text = "# Rule 3.\nschema\nCREATE TABLE t ();\n----\nstats\nt rows=1\n----\ncandidates\n----\nt (a)\n"
        self.assertEqual(tree.directives_without_expectation(text), [])

    def test_long_file_is_a_warning(self):
        self.source("src/base/long.cc", "\n" * 501)
        status, output = self.run_tool("tree.py")
        self.assertEqual(status, 0, output)
        self.assertIn("warning: src/base/long.cc: 501 lines", output)


class Words(Sample):
    def test_machine_path(self):
        self.write("include/pgassay/units.h", f"// see {self.root}/src\n")
        self.assert_found("words.py", "include/pgassay/units.h:1: mentions the machine path")

    def test_paths_that_only_end_alike(self):
        self.write("README.md", f"src{self.root} and https://example.org{self.root}\n")
        self.assert_clean("words.py")


class Files(Sample):
    def test_git_says_which_files_count(self):
        git = ["git", "-c", "safe.directory=*", "-C", str(self.root)]
        try:
            subprocess.run(git + ["init", "-q"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("git is not installed")
        self.write(".gitignore", "*.assay\n")
        self.write("shop.assay", str(self.root))
        self.write("notes.md", "")
        names = [str(file) for file in project.files(self.root)]
        self.assertIn("notes.md", names)
        self.assertNotIn("shop.assay", names)

    def test_build_output_does_not_count(self):
        self.write("build/release/generated.cc", "")
        self.assertNotIn(Path("build/release/generated.cc"), project.files(self.root))


class RequiredLabel(unittest.TestCase):
    listing = {
        "tests": [
            {"name": "unit_base", "properties": [{"name": "LABELS", "value": ["unit"]}]},
            {"name": "pg_twin", "properties": [{"name": "LABELS", "value": ["pg", "slow"]}]},
        ]
    }

    def report(self, case):
        return f'<testsuite><testcase name="unit_base" status="run"/>{case}</testsuite>'

    def test_present_and_run(self):
        self.assertEqual(required_label.problems(self.listing, "pg", None), [])
        report = self.report('<testcase name="pg_twin" status="run"/>')
        self.assertEqual(required_label.problems(self.listing, "pg", report), [])

    def test_no_test_has_the_label(self):
        self.assertEqual(len(required_label.problems({"tests": self.listing["tests"][:1]}, "pg", None)), 1)

    def test_skipped(self):
        report = self.report('<testcase name="pg_twin" status="notrun"><skipped message="no server"/></testcase>')
        self.assertEqual(len(required_label.problems(self.listing, "pg", report)), 1)

    def test_not_asked_for(self):
        self.assertEqual(required_label.problems(self.listing, "pg", self.report("")), [])


if __name__ == "__main__":
    unittest.main()
