#include "bench/answer_digest.h"

#include "gtest/gtest.h"

namespace pgassay::bench {
namespace {

constexpr std::uint32_t kText = 25;
constexpr std::uint32_t kFloat8 = 701;

using Cell = std::optional<std::string_view>;
using Rows = std::vector<std::vector<Cell>>;

Digest DigestOf(const std::vector<std::uint32_t>& types, const Rows& rows) {
  DigestSink sink;
  sink.Columns(types);
  for (const std::vector<Cell>& row : rows) sink.Row(row);
  return sink.digest();
}

TEST(AnswerDigest, TheOrderOfRowsDoesNotMatter) {
  const Digest one = DigestOf({kText, kText}, {{"a", "b"}, {"c", std::nullopt}});
  const Digest other = DigestOf({kText, kText}, {{"c", std::nullopt}, {"a", "b"}});
  EXPECT_EQ(one.rows, 2);
  EXPECT_TRUE(SameRows(one, other));
}

TEST(AnswerDigest, TheRowsDo) {
  const Digest base = DigestOf({kText, kText}, {{"a", "b"}, {"c", "d"}});
  EXPECT_FALSE(SameRows(base, DigestOf({kText, kText}, {{"a", "b"}})));
  EXPECT_FALSE(SameRows(base, DigestOf({kText, kText}, {{"a", "b"}, {"c", "e"}})));
  EXPECT_FALSE(SameRows(base, DigestOf({kText, kText}, {{"a", "d"}, {"c", "b"}})));
  EXPECT_FALSE(SameRows(base, DigestOf({kText, kText}, {{"a", "b"}, {"a", "b"}})));
}

TEST(AnswerDigest, CellsDoNotRunTogether) {
  EXPECT_FALSE(SameRows(DigestOf({kText, kText}, {{"ab", "c"}}), DigestOf({kText, kText}, {{"a", "bc"}})));
  EXPECT_FALSE(SameRows(DigestOf({kText}, {{""}}), DigestOf({kText}, {{std::nullopt}})));
  EXPECT_FALSE(
      SameRows(DigestOf({kText, kText}, {{std::nullopt, "-"}}), DigestOf({kText, kText}, {{"-", std::nullopt}})));
}

// The sum of doubles in another order: the last digits differ.
TEST(AnswerDigest, FloatingPointSumsMayDifferInTheirLastDigits) {
  const Digest one = DigestOf({kText, kFloat8}, {{"a", "0.30000000000000004"}, {"b", "1e10"}});
  EXPECT_TRUE(SameRows(one, DigestOf({kText, kFloat8}, {{"a", "0.3"}, {"b", "1e10"}})));
  EXPECT_FALSE(SameRows(one, DigestOf({kText, kFloat8}, {{"a", "0.3"}, {"b", "1.00001e10"}})));
  EXPECT_FALSE(SameRows(DigestOf({kText}, {{"0.30000000000000004"}}), DigestOf({kText}, {{"0.3"}})));
}

TEST(AnswerDigest, NumbersThatAreNoneAreTexts) {
  EXPECT_TRUE(SameRows(DigestOf({kFloat8}, {{"NaN"}}), DigestOf({kFloat8}, {{"NaN"}})));
  EXPECT_FALSE(SameRows(DigestOf({kFloat8}, {{"NaN"}}), DigestOf({kFloat8}, {{"Infinity"}})));
}

TEST(AnswerDigest, AnEmptyAnswerIsOne) {
  EXPECT_TRUE(SameRows(DigestOf({kText}, {}), DigestOf({kText}, {})));
  EXPECT_FALSE(SameRows(DigestOf({kText}, {}), DigestOf({kText}, {{"a"}})));
}

}  // namespace
}  // namespace pgassay::bench
