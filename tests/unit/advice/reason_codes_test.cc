#include "advice/reason_codes.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "pgassay/advice.h"

namespace pgassay {
namespace {

TEST(ReasonCodesTest, AreDistinctSlugs) {
  std::set<std::string_view> seen;
  for (const std::string_view code : reason::All()) {
    EXPECT_TRUE(seen.insert(code).second) << code;
    EXPECT_FALSE(code.empty());
    EXPECT_TRUE(std::ranges::all_of(code, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; })) << code;
  }
}

TEST(ReasonCodesTest, AllListsEveryCodeOfTheHeader) {
  std::ifstream file(PGASSAY_SOURCE_DIR "/src/advice/reason_codes.h");
  const std::string header((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::size_t declared = 0;
  for (std::size_t at = header.find("constexpr"); at != std::string::npos; at = header.find("constexpr", at + 1))
    ++declared;
  EXPECT_GT(declared, 20U);
  EXPECT_EQ(reason::All().size(), declared);
}

TEST(AdviceTest, DefaultsCompareEqual) {
  Advice advice;
  EXPECT_EQ(advice, Advice());
  advice.recommendations.emplace_back();
  EXPECT_NE(advice, Advice());
}

}  // namespace
}  // namespace pgassay
