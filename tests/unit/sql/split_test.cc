#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sql/statement.h"

namespace pgassay::sql {
namespace {

std::vector<std::string> Texts(std::string_view text) {
  const auto pieces = Split(text);
  EXPECT_TRUE(pieces.ok()) << pieces.status();
  std::vector<std::string> texts;
  if (pieces.ok()) {
    for (const Piece& piece : *pieces) {
      texts.emplace_back(text.substr(piece.begin, piece.end - piece.begin));
    }
  }
  return texts;
}

using Strings = std::vector<std::string>;

TEST(Split, NothingToSplit) {
  EXPECT_EQ(Texts(""), Strings{});
  EXPECT_EQ(Texts(" ;\n; -- only a comment\n /* and another */"), Strings{});
}

TEST(Split, LeavesCommentsAndSemicolonsOut) {
  EXPECT_EQ(Texts("-- one\nselect 1; -- two\n/* three */ select 2 -- four\n ; select 3 /* five */"),
            (Strings{"select 1", "select 2", "select 3"}));
}

TEST(Split, KeepsCommentsWithinAStatement) {
  EXPECT_EQ(Texts("select /* a */ 1 -- b\n, 2 -- c\n"), (Strings{"select /* a */ 1 -- b\n, 2"}));
}

TEST(Split, SemicolonsInQuotesDoNotSplit) {
  EXPECT_EQ(Texts("select ';', \"a;b\", $x$;$x$, E'\\';', U&';'; select 2"),
            (Strings{"select ';', \"a;b\", $x$;$x$, E'\\';', U&';'", "select 2"}));
}

TEST(Split, EndsAfterAUnicodeString) {
  EXPECT_EQ(Texts("select U&'\\00e4';select 2"), (Strings{"select U&'\\00e4'", "select 2"}));
}

TEST(Split, CountsLinesAndBytes) {
  const std::string text = "-- ä\nselect 'ö';\n\n  select 2";
  const auto pieces = Split(text);
  ASSERT_TRUE(pieces.ok());
  EXPECT_EQ((*pieces)[0].line, 2U);
  EXPECT_EQ((*pieces)[0].begin, 6U);
  EXPECT_EQ((*pieces)[1].line, 4U);
  EXPECT_EQ(text.substr((*pieces)[1].begin), "select 2");
}

TEST(Split, OneBadStatementDoesNotHideTheOthers) {
  EXPECT_EQ(Texts("select 1; selec 2; select (3; select 4"), (Strings{"select 1", "selec 2", "select (3", "select 4"}));
}

TEST(Split, KeepsAtomicBodiesTogether) {
  const std::string function =
      "create function f() returns int begin atomic select case when true then 1 end; select 2; end";
  EXPECT_EQ(Texts(function + "; select 3; begin; select 4; end"),
            (Strings{function, "select 3", "begin", "select 4", "end"}));
}

TEST(Split, KeepsRuleActionsTogether) {
  const std::string rule = "create or replace rule r as on insert to t do also (select 1; select 2)";
  EXPECT_EQ(Texts(rule + "; select 3"), (Strings{rule, "select 3"}));
}

TEST(Split, StringConstantOverSeveralLines) {
  EXPECT_EQ(Texts("select 'a'\n'b;c'; select 2"), (Strings{"select 'a'\n'b;c'", "select 2"}));
}

// Longer than the scanner's window, with a constant that goes on at each line end and a quote longer than a window.
TEST(Split, LongTexts) {
  std::string text = "select '";
  for (int i = 0; i < 20000; ++i) {
    text += "x;y'\n'";
  }
  text += "z'";
  const std::string second = "select $$" + std::string(300000, ';') + "$$";
  std::string many;
  Strings expected = {text, second};
  for (int i = 0; i < 30000; ++i) {
    expected.push_back("select " + std::to_string(i));
    many += expected.back() + ";\n";
  }
  text += ";" + second + ";" + many;
  EXPECT_EQ(Texts(text), expected);
}

TEST(Split, UnterminatedQuotesAreErrorsWithALine) {
  EXPECT_EQ(Split("select 1;\nselect 'secret").status().message(), "line 2: unterminated quoted string");
  EXPECT_EQ(Split("select 1;\nselect $a$secret").status().message(), "line 2: unterminated dollar-quoted string");
  EXPECT_EQ(Split("select 1;\n\n/* secret").status().message(), "line 3: unterminated /* comment");
  EXPECT_EQ(Split("select 1x").status().message(), "line 1: trailing junk after numeric literal");
}

TEST(Split, NulBytesAreErrors) {
  const std::string text("select 1;\nselect \0 2", 20);
  EXPECT_EQ(Split(text).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(Split(text).status().message().find("line 2: NUL byte"), std::string::npos);
}

}  // namespace
}  // namespace pgassay::sql
