#include "sql/lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace pgassay::sql {
namespace {

TEST(WithoutLiterals, KeepsNamesOnly) {
  EXPECT_EQ(WithoutLiterals("syntax error at or near \"selec\""), "syntax error at or near \"selec\"");
  EXPECT_EQ(WithoutLiterals("syntax error at end of input"), "syntax error at end of input");
  EXPECT_EQ(WithoutLiterals("syntax error at or near \"'secret'\""), "syntax error");
  EXPECT_EQ(WithoutLiterals("syntax error at or near \"4711\""), "syntax error");
  EXPECT_EQ(WithoutLiterals("x at or near \"" + std::string(70, 'a') + "\""), "x");
}

TEST(WithoutComments, LeavesAllElse) {
  EXPECT_EQ(WithoutComments("/* id=77 */ SELECT '/* a */' -- b\n, \"--\" FROM/**/t -- c"), "SELECT '/* a */'  \n, \"--\" FROM t");
  EXPECT_EQ(WithoutComments("SELECT a /* b /* c */ d */+ 1"), "SELECT a  + 1");
  EXPECT_EQ(WithoutComments("SELECT /* 'cut off"), "SELECT /* 'cut off");
  EXPECT_EQ(WithoutComments("SELECT 1"), "SELECT 1");
}

TEST(ByteOffset, CountsCharacters) {
  EXPECT_EQ(ByteOffset("aäb", 1), 0U);
  EXPECT_EQ(ByteOffset("aäb", 3), 3U);
  EXPECT_EQ(ByteOffset("a\xf0\x9f\x98\x80z", 3), 5U);
  EXPECT_EQ(ByteOffset("ab", 100), 2U);
  EXPECT_EQ(ByteOffset("\xc3", 2), 1U);
}

}  // namespace
}  // namespace pgassay::sql
