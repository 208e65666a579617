#include "workload/value_pattern.h"

#include <gtest/gtest.h>

namespace pgassay::workload {
namespace {

std::string Pattern(std::string_view value, std::string_view around = "", std::string_view expression = "") {
  catalog::ParameterUse use;
  use.kind = catalog::ParameterUseKind::kLike;
  use.op = "~~";
  use.parameter_expression = around;
  use.expression = expression;
  return LikePattern(value, use);
}

TEST(Prefix, WholeCharacters) {
  EXPECT_EQ(Prefix("abcdefghijkl"), "abcd");
  EXPECT_EQ(Prefix("abcdef"), "abc");
  EXPECT_EQ(Prefix("ab"), "ab");
  EXPECT_EQ(Prefix(""), "");
  EXPECT_EQ(Prefix("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F"), "\xC3\xA4\xC3\xB6\xC3\xBC");
}

TEST(LikePattern, FollowsWhatStandsAround) {
  EXPECT_EQ(Pattern("abcdef"), "abc%");
  EXPECT_EQ(Pattern("AbCdef", "", "lower(($0)::text)"), "abc%");
  EXPECT_EQ(Pattern("abcdefghi", "($0 || '%'::text)"), "abc");
  EXPECT_EQ(Pattern("abcdefghi", "(('%'::text || $0) || '%'::text)"), "bcd");
  EXPECT_EQ(Pattern("a%_\\b"), "a\\%\\_%");
  EXPECT_EQ(Pattern("(a)b", "similar_to_escape($0)"), "\\(a\\)%");
}

TEST(LikePattern, StartsWithTakesTheBareText) {
  catalog::ParameterUse use;
  use.op = "^@";
  EXPECT_EQ(LikePattern("a%bcde", use), "a%b");
}

TEST(RegexPattern, Escapes) {
  EXPECT_EQ(RegexPattern("a.b*c"), "^a\\.b");
}

TEST(QueryWord, Quotes) {
  EXPECT_EQ(QueryWord("it's\\"), "'it''s\\\\'");
}

}  // namespace
}  // namespace pgassay::workload
