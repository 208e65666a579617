#include "workload/logged_parameters.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace pgassay::workload {
namespace {

using Values = std::vector<std::optional<std::string>>;

TEST(LoggedParameters, AsTheServerWritesThem) {
  EXPECT_EQ(ReadLoggedParameters(""), Values());
  EXPECT_EQ(ReadLoggedParameters("$1 = '42'"), (Values{"'42'"}));
  EXPECT_EQ(ReadLoggedParameters("$1 = 'it''s', $2 = NULL, $3 = ''"), (Values{"'it''s'", "NULL", "''"}));
}

TEST(LoggedParameters, ValuesThatLookLikeMore) {
  EXPECT_EQ(ReadLoggedParameters("$1 = 'a, $2 = ''b''', $2 = 'c'"), (Values{"'a, $2 = ''b'''", "'c'"}));
  EXPECT_EQ(ReadLoggedParameters("$1 = 'NULL'"), (Values{"'NULL'"}));
  EXPECT_EQ(ReadLoggedParameters("$1 = 'back\\slash'"), (Values{"E'back\\\\slash'"}));
}

TEST(LoggedParameters, MoreThanNine) {
  std::string text;
  Values expected;
  for (int i = 1; i <= 12; ++i) {
    text += (i == 1 ? "$" : ", $") + std::to_string(i) + " = '" + std::to_string(100 + i) + "'";
    expected.emplace_back("'" + std::to_string(100 + i) + "'");
  }
  EXPECT_EQ(ReadLoggedParameters(text), expected);
}

TEST(LoggedParameters, CutOffOrNoParameters) {
  for (const std::string_view text :
       {"$1 = 'abc...'", "$1 = 'abc", "$1 = ", "$1", "$0 = '1'", "$99999999999999999999 = '1'", "$65536 = '1'", "1 = '1'",
        "$1 = '1' $2 = '2'", "$1 = '1',", "$1 = 42", "hello"}) {
    EXPECT_EQ(ReadLoggedParameters(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pgassay::workload
