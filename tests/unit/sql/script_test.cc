#include "sql/script.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgassay::sql {
namespace {

// "kind line text" of each piece.
std::vector<std::string> Show(std::string_view text) {
  std::vector<std::string> shown;
  for (const ScriptPiece& piece : SplitScript(text)) {
    const char* const kind = piece.part == ScriptPart::kStatement     ? "statement "
                             : piece.part == ScriptPart::kLineComment ? "comment "
                             : piece.part == ScriptPart::kMetaCommand ? "meta "
                                                                      : "broken ";
    shown.push_back(kind + std::to_string(piece.piece.line) + " " +
                    std::string(text.substr(piece.piece.begin, piece.piece.end - piece.piece.begin)) +
                    (piece.message.empty() ? "" : " <" + piece.message + ">"));
  }
  return shown;
}

using Strings = std::vector<std::string>;

TEST(SplitScript, MetaCommandsEndAtTheLine) {
  EXPECT_EQ(Show("\\set x 'don''t\nselect 1;\n  \\d t\nselect 2"),
            (Strings{"meta 1 \\set x 'don''t", "statement 2 select 1", "meta 3 \\d t", "statement 4 select 2"}));
}

TEST(SplitScript, MetaCommandsEndTheStatementBeforeThem) {
  EXPECT_EQ(
      Show("select 1 \\gset\nselect 2\n\\g\nselect 3"),
      (Strings{"statement 1 select 1", "meta 1 \\gset", "statement 2 select 2", "meta 3 \\g", "statement 4 select 3"}));
}

TEST(SplitScript, MetaCommandsOfEveryKind) {
  EXPECT_EQ(Show("\\c shop\n\\i a;b (c\n\\pset 1x\n\\echo /* $x\nselect 1 \\\\ select 2\nselect 3"),
            (Strings{"meta 1 \\c shop", "meta 2 \\i a;b (c", "meta 3 \\pset 1x", "meta 4 \\echo /* $x",
                     "statement 5 select 1", "meta 5 \\\\ select 2", "statement 6 select 3"}));
}

TEST(SplitScript, BackslashesInQuotesAreNoMetaCommands) {
  EXPECT_EQ(Show("select '\n\\d t\n', $$\n\\d t\n$$"), (Strings{"statement 1 select '\n\\d t\n', $$\n\\d t\n$$"}));
}

TEST(SplitScript, CommentsAreParts) {
  EXPECT_EQ(Show("-- weight: 3\nselect 1; -- b\r\n/* c */ select 2 -- d\n, 3"),
            (Strings{"comment 1 -- weight: 3", "statement 2 select 1", "comment 2 -- b", "comment 3 -- d",
                     "statement 3 select 2 -- d\n, 3"}));
}

TEST(SplitScript, CopyDataIsPassedOver) {
  EXPECT_EQ(Show("copy t from stdin;\n1\t'x\n\\N\t2\n\\.\nselect 1; copy t from stdin"),
            (Strings{"statement 1 copy t from stdin", "statement 5 select 1", "statement 5 copy t from stdin"}));
  EXPECT_EQ(Show("copy t from stdin;\n1"), (Strings{"statement 1 copy t from stdin"}));
}

TEST(SplitScript, GoesOnBehindABadToken) {
  EXPECT_EQ(
      Show("select 1;\nselect 2x\n from t;  \nselect 3;"),
      (Strings{"statement 1 select 1", "broken 2 select 2x\n from t; <line 2: trailing junk after numeric literal>",
               "statement 4 select 3"}));
  EXPECT_EQ(Show("select 2x"), (Strings{"broken 1 select 2x <line 1: trailing junk after numeric literal>"}));
}

TEST(SplitScript, AnUnterminatedQuoteTakesTheRest) {
  EXPECT_EQ(
      Show("select 1;\nselect a,\n'x;\nselect 3;"),
      (Strings{"statement 1 select 1", "broken 2 select a,\n'x;\nselect 3; <line 3: unterminated quoted string>"}));
}

TEST(SplitScript, NulByte) {
  const std::string text("select 1;\n\0select 2;", 20);
  const std::vector<ScriptPiece> pieces = SplitScript(text);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[1].part, ScriptPart::kBroken);
  EXPECT_EQ(pieces[1].message, "line 2: NUL byte; SQL files are UTF-8 text");
}

}  // namespace
}  // namespace pgassay::sql
