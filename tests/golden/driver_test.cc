// The driver itself: what must fail, fails.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "golden/directives.h"
#include "golden/golden_file.h"

namespace pgassay::golden {
namespace {

constexpr std::string_view kNames[] = {"schema", "stats", "requests", "candidates", "rejected"};

constexpr std::string_view kText =
    "# A comment.\n"
    "schema\n"
    "CREATE TABLE t (a int4, b int4);\n"
    "----\n"
    "\n"
    "requests\n"
    "q1 t: eq a\n"
    "----\n"
    "candidates max_width=2\n"
    "----\n"
    "t (a)   rule 1 q1\n"
    "rejected\n"
    "----\n"
    "(none)\n"
    "# The end.\n";

TEST(GoldenFile, ReadsBlocks) {
  const auto file = Parse(kText, kNames);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->blocks.size(), 4U);
  EXPECT_EQ(file->blocks[0].before, (Lines{"# A comment."}));
  EXPECT_EQ(file->blocks[0].input, (Lines{"CREATE TABLE t (a int4, b int4);"}));
  EXPECT_TRUE(file->blocks[0].expected.empty());
  EXPECT_EQ(file->blocks[2].options, (std::map<std::string, std::string>{{"max_width", "2"}}));
  EXPECT_EQ(file->blocks[2].expected, (Lines{"t (a)   rule 1 q1"}));
  EXPECT_EQ(file->blocks[2].line, 9U);
  EXPECT_EQ(Render(*file), kText);
}

TEST(GoldenFile, RunsToItsOwnExpectation) {
  const auto file = Parse(kText, kNames);
  const auto real = RunFile(*file);
  ASSERT_TRUE(real.ok()) << real.status();
  for (std::size_t i = 0; i < file->blocks.size(); ++i) {
    EXPECT_TRUE(SameText(file->blocks[i].expected, real->blocks[i].expected)) << i;
  }
}

TEST(GoldenFile, NoSeparatorIsAnError) {
  EXPECT_EQ(Parse("candidates\n", kNames).status().message(),
            "line 1: 'candidates' has no expectation: no line ---- follows");
}

TEST(GoldenFile, UnknownDirectivesAreErrors) {
  EXPECT_FALSE(Parse("candidate\n----\n", kNames).ok());
  EXPECT_FALSE(Parse("candidates wide\n----\n", kNames).ok());
}

TEST(GoldenFile, AnEmptyExpectationNeverHolds) {
  for (const std::string request : {"q1 t: eq a", "q1 t: notnull a"}) {
    const auto file =
        Parse("schema\nCREATE TABLE t (a int4);\n----\nrequests\n" + request + "\n----\ncandidates\n----\n", kNames);
    ASSERT_TRUE(file.ok()) << file.status();
    const auto real = RunFile(*file);
    ASSERT_TRUE(real.ok()) << real.status();
    EXPECT_FALSE(SameText(file->blocks[2].expected, real->blocks[2].expected));
  }
}

TEST(GoldenFile, AFileThatExpectsNothingIsAnError) {
  const auto file = Parse("schema\nCREATE TABLE t (a int4);\n----\n", kNames);
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE(RunFile(*file).ok());
}

TEST(GoldenFile, MistakesInTheInputAreErrors) {
  for (const std::string text :
       {"schema\nCREATE VIEW v;\n----\n", "schema\nCREATE INDEX i ON t (a);\n----\n", "requests\nq1 t: eq a\n----\n",
        "schema\nCREATE TABLE t (a int4);\n----\nrequests\nq1 t: eq b\n----\n",
        "schema\nCREATE TABLE t (a int4);\n----\nrequests\nq1 t: like a\n----\n",
        "schema\nCREATE TABLE t (a int4);\n----\nstats\nt.b distinct=3\n----\n", "candidates wide=3\n----\n(none)\n"}) {
    const auto file = Parse(text, kNames);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(RunFile(*file).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(GoldenFile, OnlyTheWidthOfSpacesMayDiffer) {
  EXPECT_TRUE(SameText({"a   b"}, {"a b "}));
  EXPECT_FALSE(SameText({"a b"}, {"ab"}));
  EXPECT_FALSE(SameText({"a"}, {"a", "b"}));
  EXPECT_FALSE(SameText({}, {"a"}));
}

}  // namespace
}  // namespace pgassay::golden
